/** Whether the server answers; what the frame shows, and what calls that may be repeated wait for. */
export interface Connection {
  /** `away` from the first call without an answer until the next one with one. */
  readonly state: 'here' | 'away';
  subscribe(listener: (state: Connection['state']) => void): () => void;
  /** An answer came, whatever it says. */
  found(): void;
  /** No answer came, or one that says that there will be none for now. */
  lost(): void;
  /** Resolves when it is time to try again: after the pause, when the browser is back on line, or at `tryNow`. */
  pause(attempt: number, leastMs: number, signal: AbortSignal | undefined): Promise<void>;
  tryNow(): void;
}

export function createConnection(): Connection {
  let state: Connection['state'] = 'here';
  const listeners = new Set<(state: Connection['state']) => void>();
  const waiting = new Set<() => void>();
  const become = (next: Connection['state']): void => {
    if (state === next) return;
    state = next;
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
 * Pause before another attempt, in ms: doubles from 1 s to 30 s, and between half and all of that, so that
 * the pages of a department do not come back in the same instant.
 *
 * @param attempt 1, 2, … attempts that failed
 * @param chance 0…1, drawn anew each time
 */
export function backoffMs(attempt: number, chance: number): number {
  const full = Math.min(30_000, 1000 * 2 ** (attempt - 1));
  return full * (0.5 + chance / 2);
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('Given up.', 'AbortError');
}
