import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/**
 * The lower bound of all UUIDv7 of this millisecond: its 48-bit time, then zeros. Ids sort by time, so `id >=
 * firstIdAt(t)` is `createdAt >= t` (RFC 9562, section 5.7). Times before 1970 give the lowest id of all. Throws
 * RangeError for times after the year 10889.
 */
export function firstIdAt(time: Date): string {
  const ms = Math.max(0, time.getTime());
  if (!(ms < 2 ** 48)) throw new RangeError(`${ms} ms is not a time that a UUIDv7 can hold`);
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The time in a UUIDv7. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** Any UUID in its canonical lower-case form. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

/** Backward clock steps up to this size are smoothed: ids stay in order while NTP corrects the clock. */
const smoothedMs = 5_000;

export interface TimeIdOptions {
  readonly now?: () => number;
  /** Called if the clock was set back by more than five seconds; ids then follow it back. */
  readonly onSetBack?: (ms: number) => void;
}

/**
 * Creates UUIDv7 ids from the clock's time, in order within this process. If a clock that was days ahead is corrected,
 * the ids follow it: otherwise every film until the next restart would have the wrong date.
 *
 * @example
 * const newId = timeIds();
 * timeOfId(newId()); // now
 */
export function timeIds({ now = Date.now, onSetBack }: TimeIdOptions = {}): () => string {
  let msecs = 0;
  let seq = 0;
  return () => {
    const time = now();
    const behind = msecs - time;
    if (behind > smoothedMs) onSetBack?.(behind);
    if (behind < 0 || behind > smoothedMs) {
      msecs = time;
      // RFC 9562, 6.2, method 1: the counter starts low enough not to overflow within a millisecond.
      seq = randomInt(2 ** 31);
    } else seq += 1;
    return v7({ msecs, seq });
  };
}
