/** Whether the server responds. The frame shows it, and calls that may be retried wait for it. */
export interface Connection {
  /** `away` from the first unanswered call until the next answered one. */
  readonly state: 'here' | 'away';
  /** When a call first went unanswered; undefined while the server responds. */
  readonly awaySince: Date | undefined;
  subscribe(listener: (state: Connection['state']) => void): () => void;
  /** An answer arrived, whatever it says. */
  found(): void;
  /** No answer arrived, or one that says the service is unavailable for now. */
  lost(): void;
  /** Resolves when it is time to retry: after the pause, when the browser is back online, or on `tryNow`. */
  pause(attempt: number, leastMs: number, signal: AbortSignal | undefined): Promise<void>;
  tryNow(): void;
}

export function createConnection(): Connection {
  let state: Connection['state'] = 'here';
  let awaySince: Date | undefined;
  const listeners = new Set<(state: Connection['state']) => void>();
  const waiting = new Set<() => void>();
  const become = (next: Connection['state']): void => {
    if (state === next) return;
    state = next;
    awaySince = next === 'away' ? new Date() : undefined;
    for (const listener of listeners) listener(state);
  };
  const tryNow = (): void => {
    for (const go of waiting) go();
  };
  if (typeof window !== 'undefined') window.addEventListener('online', tryNow);
  return {
    get state() {
      return state;
    },
    get awaySince() {
      return awaySince;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    found() {
      become('here');
    },
    lost() {
      become('away');
    },
    tryNow,
    pause(attempt, leastMs, signal) {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => () => {
          clearTimeout(timer);
          waiting.delete(go);
          signal?.removeEventListener('abort', stop);
          settle();
        };
        const go = end(resolve);
        const stop = end(() => {
          reject(abortReason(signal));
        });
        const timer = setTimeout(go, Math.max(leastMs, backoffMs(attempt, Math.random())));
        waiting.add(go);
        signal?.addEventListener('abort', stop);
        if (signal?.aborted === true) stop();
      });
    },
  };
}

/**
 * Pause before the next attempt, in ms. The limit doubles from 1 s to 30 s; the pause is a random 50 to 100 %
 * of it, so that a department's pages don't all come back at the same moment.
 *
 * @param attempt how many attempts have failed, from 1
 * @param chance random, 0…1
 */
export function backoffMs(attempt: number, chance: number): number {
  const full = Math.min(30_000, 1000 * 2 ** (attempt - 1));
  return full * (0.5 + chance / 2);
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('Given up.', 'AbortError');
}
