/** The period of the statistics. Days are UTC, as the statistics count them. */
export type Range =
  | { readonly kind: 'last'; readonly hours: number }
  /** Days as typed, both included. */
  | { readonly kind: 'days'; readonly from: string; readonly to: string };

export const quickRanges: readonly (readonly [text: string, hours: number])[] = [
  ['24 h', 24],
  ['7 d', 7 * 24],
  ['30 d', 30 * 24],
];

const dayMs = 24 * 60 * 60_000;

export interface Instants {
  readonly from: string;
  readonly to: string;
}

/**
 * Start and end of a range. The last 24 hours end now; longer ranges are whole days, including today. Undefined if the
 * days aren't valid or are in the wrong order.
 */
export function instantsOf(range: Range, nowMs: number): Instants | undefined {
  if (range.kind === 'last') {
    const days = range.hours / 24;
    if (days <= 1) return between(nowMs - days * dayMs, nowMs);
    const tomorrow = (Math.floor(nowMs / dayMs) + 1) * dayMs;
    return between(tomorrow - days * dayMs, tomorrow);
  }
  const [from, to] = [Date.parse(`${range.from}T00:00:00Z`), Date.parse(`${range.to}T00:00:00Z`)];
  return Number.isNaN(from) || Number.isNaN(to) || to < from ? undefined : between(from, to + dayMs);
}

/** The first and last day (UTC) within a period, `2026-11-21`. */
export function daysWithin({ from, to }: Instants): readonly [first: string, last: string] {
  const last = new Date(Date.parse(to) - 1).toISOString();
  return [from.slice(0, 10), last.slice(0, 10)];
}

function between(fromMs: number, toMs: number): Instants {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
