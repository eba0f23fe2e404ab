/** Why something was given up. */
export type GivenUp = 'late' | 'stopped';

/**
 * Runs `work` with a signal that aborts after a time, or with `stopping`; its reason says which. Leaves nothing
 * behind: `AbortSignal.any` leaks a little into a signal that lives as long as the service.
 */
export async function within<Result>(
  ms: number,
  stopping: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const giveUp = (reason: GivenUp) => () => {
    controller.abort(reason);
  };
  const stop = giveUp('stopped');
  const timer = setTimeout(giveUp('late'), ms);
  stopping?.addEventListener('abort', stop, { once: true });
  if (stopping?.aborted === true) stop();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    stopping?.removeEventListener('abort', stop);
  }
}
