import type { Measure } from './measure.js';
import { type Ranking, rank, truthsIn } from './ranking.js';
import type { FilmResult } from '../results/results.js';

/** False positives per film at which LUNA16 reads the curve. */
export const frocRates = [0.125, 0.25, 0.5, 1, 2, 4, 8] as const;

/** A detection with at least this IoU is a hit, here and in the calibration: readers agree on edges no better. */
export const findLimit = 0.4;

export type FrocName = 'at0125' | 'at025' | 'at05' | 'at1' | 'at2' | 'at4' | 'at8' | 'mean';

/**
 * Free-response ROC: the share of true boxes found (IoU ≥ .4) if so many false positives per film are allowed, and
 * the mean over the seven rates (the LUNA16 score: Setio et al. 2017, Medical Image Analysis 42). Read at thresholds
 * that exist, not interpolated; a second box on the same true box is a false positive.
 */
export function froc(films: readonly FilmResult[]): Measure<FrocName> {
  const ranking = rank(films, { kind: 'coco', limit: findLimit });
  const n = ranking.truths.reduce((sum, count) => sum + count, 0);
  return {
    cases: { at0125: n, at025: n, at05: n, at1: n, at2: n, at4: n, at8: n, mean: n },
    of(weights) {
      const at = sensitivities(ranking, weights);
      const [at0125 = NaN, at025 = NaN, at05 = NaN, at1 = NaN, at2 = NaN, at4 = NaN, at8 = NaN] = at;
      return { at0125, at025, at05, at1, at2, at4, at8, mean: at.reduce((sum, value) => sum + value, 0) / at.length };
    },
  };
}

function sensitivities(ranking: Ranking, weights: Float64Array): number[] {
  const positives = truthsIn(ranking, weights);
  if (positives === 0) return frocRates.map(() => NaN);
  const films = weights.reduce((sum, weight) => sum + weight, 0);
  const found = frocRates.map(() => 0);
  let rate = 0;
  walk(ranking, weights, (_, hits, falsePositives) => {
    while (rate < frocRates.length && falsePositives > frocRates[rate]! * films) rate++;
    for (let r = rate; r < frocRates.length; r++) found[r] = hits;
    return rate < frocRates.length;
  });
  return found.map((hits) => hits / positives);
}

/**
 * Visits every distinct score as a threshold, highest first, with the counts at or above it, until `visit` returns
 * false.
 */
export function walk(
  { score, film, right }: Ranking,
  weights: Float64Array,
  visit: (score: number, hits: number, falsePositives: number) => boolean,
): void {
  let hits = 0;
  let falsePositives = 0;
  for (let i = 0; i < score.length; i++) {
    const weight = weights[film[i]!]!;
    if (right[i] === 1) hits += weight;
    else falsePositives += weight;
    if (score[i] === score[i + 1]) continue;
    if (!visit(score[i]!, hits, falsePositives)) return;
  }
}
