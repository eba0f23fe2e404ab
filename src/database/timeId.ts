import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/**
 * The lowest UUID that a UUIDv7 of this millisecond can be compared with: its 48-bit time, then zeros.
 * Ids sort by time, so `id >= firstIdAt(t)` is `createdAt >= t`. RFC 9562, section 5.7.
 * No id is older than 1970: times before it have the lowest id of all. Throws RangeError for times after the year
 * 10889.
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

/** Steps of the clock up to here are smoothed: ids stay in order while NTP corrects it. */
const smoothedMs = 5_000;

export interface TimeIdOptions {
  readonly now?: () => number;
  /** Called when the clock was set back by more than five seconds; ids go back with it. */
  readonly onSetBack?: (ms: number) => void;
}

/**
 * Makes UUIDv7 ids whose time is the clock's, in order within this process. A clock that was wrong by days and is put
 * right takes the ids with it: otherwise every film until the next restart would bear the wrong date.
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
