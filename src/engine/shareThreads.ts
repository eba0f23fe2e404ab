import type { RunnerStart } from './messages.js';

/** A runner holds some 250 MB: a large machine gets more of them, of a thread each, only if it is told so. */
const mostRunnersByDefault = 16;

/**
 * How the threads of an engine are shared among its runners: each gets its part, at least one. The first also gets all
 * of them, for a film that is alone, where that is more than its part.
 *
 * @example
 * shareThreads(2); // [{ threads: 1, wideThreads: 2 }, { threads: 1, wideThreads: null }]
 */
export function shareThreads(
  threads: number,
  runners: number = Math.min(threads, mostRunnersByDefault),
): readonly Pick<RunnerStart, 'threads' | 'wideThreads'>[] {
  const each = Math.max(1, Math.floor(threads / runners));
  return Array.from({ length: runners }, (_, i) => ({
    threads: each,
    wideThreads: i === 0 && threads > each ? threads : null,
  }));
}
