const full = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** A time as the user's clock has it, e.g. `21 Nov 2026, 09:12`. */
export function when(time: string): string {
  return full.format(new Date(time));
}

/** The time of a day, for what has just happened, e.g. `21:40`. */
export function clockTime(time: Date): string {
  return clock.format(time);
}

export function dayOf(time: string): string {
  return day.format(new Date(time));
}

/** The server's instants begin with 1970; this day begins after that everywhere on earth. A half-typed year is 0002. */
export const earliestDay = '1970-01-02';

/** When the day `later` days after `day` begins by the user's clock; undefined for no day or one too early. */
export function instantOf(day: string, later: number): string | undefined {
  if (!isDay(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && text >= earliestDay && !Number.isNaN(Date.parse(text));
}
