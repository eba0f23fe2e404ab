/** Films per bin: their number and the sum of their values, which gives the mean of the bin. */
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

/** Totals over some rows. */
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

/** Sums rows that are added one by one. */
export class TallySum {
  readonly #scores = new Histogram();
  readonly #latencies = new Histogram();
  #findings = 0;
  #belowThreshold = 0;
  #notAnalysed = 0;

  add(row: UnpackedRow): void {
    this.#findings += row.findings;
    this.#belowThreshold += row.below_threshold;
    this.#notAnalysed += row.not_analysed;
    this.#scores.add(row.scores);
    this.#latencies.add(row.latencies);
  }

  tally(): Tally {
    const scores = this.#scores.bins();
    const latencies = this.#latencies.bins();
    return {
      findings: this.#findings,
      belowThreshold: this.#belowThreshold,
      notAnalysed: this.#notAnalysed,
      latencyMs:
        latencies.length === 0 ? null : { p50: quantile(latencies, 0.5) / 1000, p95: quantile(latencies, 0.95) / 1000 },
      scoreDeciles: scores.length === 0 ? null : deciles.map((q) => quantile(scores, q) / 1e6),
    };
  }
}

const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Bin, films and sum of each bin, flattened: a year has a million of them, and each is added to four sums. */
type UnpackedBins = readonly number[];

export interface UnpackedRow extends Omit<TallyRow, 'scores' | 'latencies'> {
  readonly scores: UnpackedBins;
  readonly latencies: UnpackedBins;
}

export function unpacked(row: TallyRow): UnpackedRow {
  return { ...row, scores: flat(row.scores), latencies: flat(row.latencies) };
}

function flat(bins: Bins): UnpackedBins {
  const numbers: number[] = [];
  for (const bin in bins) {
    const held = bins[bin];
    if (held !== undefined) numbers.push(Number(bin), held[0], held[1]);
  }
  return numbers;
}

type Bin = readonly [films: number, sum: number];

class Histogram {
  readonly #films: number[] = [];
  readonly #sums: number[] = [];

  add(bins: UnpackedBins): void {
    for (let i = 0; i < bins.length; i += 3) {
      const [bin, films, sum] = [bins[i] ?? 0, bins[i + 1] ?? 0, bins[i + 2] ?? 0];
      while (this.#films.length <= bin) {
        this.#films.push(0);
        this.#sums.push(0);
      }
      this.#films[bin] = (this.#films[bin] ?? 0) + films;
      this.#sums[bin] = (this.#sums[bin] ?? 0) + sum;
    }
  }

  /** Bins with films, in order. */
  bins(): readonly Bin[] {
    return this.#films.map((films, bin) => [films, this.#sums[bin] ?? 0] as const).filter(([films]) => films > 0);
  }
}

/**
 * Interpolates between the two values around rank q · (n − 1), as SQL's percentile_cont does. Each film counts with the
 * mean of its bin, which is exact if all films of the bin have the same value.
 */
function quantile(bins: readonly Bin[], q: number): number {
  const films = bins.reduce((total, [count]) => total + count, 0);
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
