/** from ≤ t < to */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Every day (UTC) of a period, `YYYY-MM-DD`, including those without films. */
export function daysOf({ from, to }: Period): readonly string[] {
  const days: string[] = [];
  for (
    let day = new Date(`${from.toISOString().slice(0, 10)}T00:00:00Z`);
    day < to;
    day = new Date(day.getTime() + 24 * 60 * 60_000)
  ) {
    days.push(day.toISOString().slice(0, 10));
  }
  return days;
}
