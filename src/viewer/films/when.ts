const full = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** A time as the user’s clock has it, e.g. `21 Nov 2026, 09:12`. */
export function when(time: string): string {
  return full.format(new Date(time));
}

export function dayOf(time: string): string {
  return day.format(new Date(time));
}
