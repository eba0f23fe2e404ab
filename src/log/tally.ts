/** Films by bin: how many, and the sum of their values. The sum tells the mean of a bin. */
type Bins = Readonly<Record<string, readonly [films: number, sum: number]>>;

/** One row of film_tallies (migrations/0007_film_tallies.ts). */
export interface TallyRow {
  readonly day: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly submitter: string;
  readonly findings: number;
  readonly below_threshold: number;
  readonly not_analysed: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly scores: Bins;
  readonly latencies: Bins;
}

/** Of some rows together. */
export interface Tally {
  readonly findings: number;
  readonly belowThreshold: number;
  readonly notAnalysed: number;
  /**
   * From acceptance to boxes (all timings of the report together) of films that were analysed, to 2 %; null if none.
   */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** The 1st to the 9th decile of the film scores, to .005; null if there are none. */
  readonly scoreDeciles: readonly number[] | null;
}

/** Adds up rows. */
export function tallyOf(rows: readonly TallyRow[]): Tally {
  const scores = merged(rows.map((row) => row.scores));
  const latencies = merged(rows.map((row) => row.latencies));
  return {
    findings: sum(rows, (row) => row.findings),
    belowThreshold: sum(rows, (row) => row.below_threshold),
    notAnalysed: sum(rows, (row) => row.not_analysed),
    latencyMs:
      latencies.length === 0 ? null : { p50: quantile(latencies, 0.5) / 1000, p95: quantile(latencies, 0.95) / 1000 },
    scoreDeciles: scores.length === 0 ? null : deciles.map((q) => quantile(scores, q) / 1e6),
  };
}

const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

type Bin = readonly [films: number, sum: number];

/** In the order of the bins. */
function merged(all: readonly Bins[]): readonly Bin[] {
  const bins: [films: number, sum: number][] = [];
  for (const some of all) {
    for (const [bin, [films, value]] of Object.entries(some)) {
      const into = (bins[Number(bin)] ??= [0, 0]);
      into[0] += films;
      into[1] += value;
    }
  }
  return Object.values(bins);
}

/**
 * Between the two values around rank q · (n − 1), as percentile_cont of SQL: each film has the mean of its bin as its
 * value, which is its own where all films of the bin have the same.
 */
function quantile(bins: readonly Bin[], q: number): number {
  const films = sum(bins, ([count]) => count);
  const rank = q * (films - 1);
  const [low, high] = [valueAt(bins, Math.floor(rank)), valueAt(bins, Math.ceil(rank))];
  return low + (high - low) * (rank - Math.floor(rank));
}

function valueAt(bins: readonly Bin[], rank: number): number {
  let before = 0;
  for (const [films, value] of bins) {
    before += films;
    if (rank < before) return value / films;
  }
  throw new RangeError(`there is no film of rank ${rank}`);
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
