/** from ≤ t < to */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** Every day (UTC) of a period, `YYYY-MM-DD`, including those without films. */
export function daysOf({ from, to }: Period): readonly string[] {
  return parts(from, to, dayMs).map((start) => start.slice(0, 10));
}

/** Whether a period is drawn by hour: one or two days would make only one or two bars. */
export function isByHour({ from, to }: Period): boolean {
  return to.getTime() - from.getTime() <= 2 * dayMs;
}

/** The steps in which a period is drawn: every hour (UTC), `YYYY-MM-DDTHH`, or every day. */
export function drawnParts(period: Period): readonly string[] {
  return isByHour(period) ? parts(period.from, period.to, hourMs).map((start) => start.slice(0, 13)) : daysOf(period);
}

function parts(from: Date, to: Date, lengthMs: number): readonly string[] {
  const starts: string[] = [];
  for (let start = Math.floor(from.getTime() / lengthMs) * lengthMs; start < to.getTime(); start += lengthMs)
    starts.push(new Date(start).toISOString());
  return starts;
}
