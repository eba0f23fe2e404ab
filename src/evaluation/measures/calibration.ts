import { findLimit } from './froc.js';
import { isPositive, scoredFilms } from './filmFigures.js';
import { meetsTruth } from './matching.js';
import type { Measure } from './measure.js';
import type { FilmResult } from '../results/results.js';
import type { Scored } from './roc.js';

/**
 * Uncalibrated scores have thousands of near-certain misses below this, which would make any calibration look good.
 * Hardly any calibrated score is that low.
 */
const calibratedFrom = 0.05;

const bins = 10;

export type CalibrationName = 'boxEce' | 'boxBrier' | 'filmEce' | 'filmBrier';

/** One bar of a reliability diagram. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean score and share of right cases; null in an empty bin. */
  readonly score: number | null;
  readonly right: number | null;
}

/**
 * How far scores are probabilities: expected calibration error (distance of mean score and share of right cases in
 * ten equal bins, weighted by size; Naeini et al. 2015) and Brier score (mean squared distance). A box is right if it
 * meets a true box at IoU ≥ .4, a film if it has a true box. Boxes with a score of .05 or more.
 */
export function calibration(films: readonly FilmResult[]): Measure<CalibrationName> {
  const boxes = scoredBoxes(films);
  const whole = scoredFilms(films);
  return {
    cases: { boxEce: boxes.length, boxBrier: boxes.length, filmEce: films.length, filmBrier: films.length },
    of: (weights) => ({
      boxEce: expectedError(boxes, weights),
      boxBrier: brier(boxes, weights),
      filmEce: expectedError(whole, weights),
      filmBrier: brier(whole, weights),
    }),
  };
}

/** Boxes, positive if they meet a true box. */
export function scoredBoxes(films: readonly FilmResult[], from = calibratedFrom): Scored[] {
  return films.flatMap(({ boxes }, film) =>
    boxes
      .filter(({ score }) => score >= from)
      .map((box) => ({ score: box.score, positive: meetsTruth(box, findLimit), film })),
  );
}

/** Share of films with a true box, on which any calibrated film score depends. */
export function prevalence(films: readonly FilmResult[]): number {
  return films.filter(isPositive).length / films.length;
}

export function reliability(cases: readonly Scored[]): ReliabilityBin[] {
  const { n, score, right } = binned(cases);
  return Array.from({ length: bins }, (_, b) => ({
    from: b / bins,
    to: (b + 1) / bins,
    n: n[b]!,
    score: n[b] === 0 ? null : score[b]! / n[b]!,
    right: n[b] === 0 ? null : right[b]! / n[b]!,
  }));
}

function expectedError(cases: readonly Scored[], weights: Float64Array): number {
  const { n, score, right } = binned(cases, weights);
  let distance = 0;
  let total = 0;
  for (let b = 0; b < bins; b++) {
    distance += Math.abs(score[b]! - right[b]!);
    total += n[b]!;
  }
  return distance / total;
}

function binned(
  cases: readonly Scored[],
  weights?: Float64Array,
): { n: Float64Array; score: Float64Array; right: Float64Array } {
  const sums = { n: new Float64Array(bins), score: new Float64Array(bins), right: new Float64Array(bins) };
  for (const { score, positive, film } of cases) {
    const weight = weights === undefined ? 1 : weights[film]!;
    const bin = Math.min(bins - 1, Math.floor(score * bins));
    sums.n[bin]! += weight;
    sums.score[bin]! += weight * score;
    if (positive) sums.right[bin]! += weight;
  }
  return sums;
}

function brier(cases: readonly Scored[], weights: Float64Array): number {
  let squares = 0;
  let total = 0;
  for (const { score, positive, film } of cases) {
    squares += weights[film]! * (score - Number(positive)) ** 2;
    total += weights[film]!;
  }
  return squares / total;
}
