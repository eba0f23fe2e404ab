/**
 * The lowest UUID that a UUIDv7 of this millisecond can be compared with: its 48-bit time, then zeros.
 * Ids sort by time, so `id >= firstIdAt(t)` is `createdAt >= t`. RFC 9562, section 5.7.
 * No id is older than 1970: times before it have the lowest id of all. Throws RangeError for times after the year 10889.
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
