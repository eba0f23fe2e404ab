import { setTimeout } from 'node:timers/promises';
import { DatabaseUnavailable } from './database/index.js';

export interface Patience {
  /** How long a database that is away is waited for. Default a minute: longer than one restarts or fails over. */
  readonly patienceMs?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Called at each vain attempt. */
  readonly onWait?: (error: DatabaseUnavailable) => void;
}

const pauseMs = 500;

/** Tries again while the database is away. `work` may have been done although its answer was lost. */
export async function patiently<Result>(
  work: () => Promise<Result>,
  { patienceMs = 60_000, signal, onWait }: Patience,
): Promise<Result> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || signal?.aborted === true || Date.now() >= until) throw error;
      onWait?.(error);
    }
    await setTimeout(pauseMs, undefined, signal === undefined ? {} : { signal });
  }
}
