import type { RunnerStart } from './messages.js';

/** A runner holds some 250 MB, so a large machine gets more of them only if configured. */
const mostRunnersByDefault = 16;

/**
 * Shares the threads of an engine among its runners: each gets an equal share, at least one. The first also gets a
 * session on all threads, for a film that is alone, if that is more than its share.
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
