/**
 * One format for every date on the page, ISO 8601: it reads the same in every language, sorts as text, and nobody
 * mistakes the month for the day. Times are in the reader's time zone, which they state.
 */

/** A time with its zone, e.g. `2026-11-21 09:12 UTC+1`. */
export function when(time: string): string {
  return `${moment(time)} ${zoneOf(time)}`;
}

/** The same without its zone, for a column whose head names it: `2026-11-21 09:12`. */
export function moment(time: string): string {
  const date = new Date(time);
  return `${dayOf(time)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** To the second: `2026-11-21 09:12:05`. */
export function momentToSecond(time: string): string {
  return `${moment(time)}:${two(new Date(time).getSeconds())}`;
}

/** The time of a day, for what has just happened, e.g. `21:40`. */
export function clockTime(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The day of a time in the reader's time zone: `2026-11-21`. */
export function dayOf(time: string): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The reader's offset from UTC at that time: `UTC`, `UTC+1`, `UTC-3:30`. */
export function zoneOf(time: string): string {
  const minutes = -new Date(time).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/** The server's instants start in 1970; this day starts after that everywhere on earth. A half-typed year is 0002. */
export const earliestDay = '1970-01-02';

/** When the day `later` days after `day` begins in the user's time zone; undefined if `day` is invalid or too early. */
export function instantOf(day: string, later: number): string | undefined {
  if (!isDay(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** Whether the text is a day within the range of the server's instants. */
export function isDay(text: string): boolean {
  return isDate(text) && text >= earliestDay;
}

/** Whether the text is a day of the calendar, of 1900 or later: archives are older than the server's instants. */
export function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  // Date turns 30 February into 2 March.
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(text) &&
    text >= '1900'
  );
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
