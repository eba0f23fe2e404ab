import { logit, sigmoid } from '../detector/index.js';
import type { Scored } from './roc.js';

/** score = σ(slope · logit(raw) + intercept): the form of a ModelSpec's calibration. */
export interface PlattMap {
  readonly slope: number;
  readonly intercept: number;
}

/** Cases that can't be calibrated: all right, all wrong, or scores that say the opposite. */
export class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
}

/**
 * Fits the probability of being right to the logit of the score by maximum likelihood, with Platt's targets (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2) in place
 * of 1 and 0, so that a small set can't make it certain (Platt 1999). Newton's method with step halving (Lin, Lin and Weng 2007).
 *
 * @throws CalibrationError where there are not both kinds, or the best slope is not positive
 */
export function fitPlatt(cases: readonly Scored[]): PlattMap {
  const right = cases.filter(({ positive }) => positive).length;
  const wrong = cases.length - right;
  if (right === 0 || wrong === 0) throw new CalibrationError(`calibration needs right and wrong cases; there are ${right} and ${wrong}`);
  const points = cases.map(({ score, positive }) => ({ x: boundedLogit(score), target: positive ? (right + 1) / (right + 2) : 1 / (wrong + 2) }));
  // The start: no information in the score.
  let map: PlattMap = { slope: 0, intercept: Math.log((right + 1) / (wrong + 1)) };
  let loss = lossOf(points, map);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = newtonStep(points, map);
    let scale = 1;
    let next = moved(map, step, scale);
    while (lossOf(points, next) > loss && scale > 1e-10) next = moved(map, step, (scale /= 2));
    const gained = loss - lossOf(points, next);
    map = next;
    loss -= gained;
    if (gained < 1e-12 * cases.length) break;
  }
  if (!(map.slope > 0)) throw new CalibrationError(`boxes with higher scores are right less often here (slope ${map.slope.toFixed(3)}): there is nothing to calibrate`);
  return map;
}

/** First one map, then the other, as one map. */
export function compose(first: PlattMap | null, then: PlattMap): PlattMap {
  if (first === null) return then;
  return { slope: first.slope * then.slope, intercept: then.slope * first.intercept + then.intercept };
}

export function applyPlatt(score: number, { slope, intercept }: PlattMap): number {
  return sigmoid(slope * logit(score) + intercept);
}

interface Point {
  readonly x: number;
  readonly target: number;
}

/** Scores are rounded to 6 decimals: 0 and 1 stand for what lies within half of the last. */
function boundedLogit(score: number): number {
  return logit(Math.min(1 - 5e-7, Math.max(5e-7, score)));
}

function lossOf(points: readonly Point[], { slope, intercept }: PlattMap): number {
  let sum = 0;
  for (const { x, target } of points) {
    const z = slope * x + intercept;
    // −target · log σ(z) − (1 − target) · log σ(−z), without overflow.
    sum += Math.max(z, 0) - target * z + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

function newtonStep(points: readonly Point[], { slope, intercept }: PlattMap): PlattMap {
  let [gSlope, gIntercept, hSlope, hBoth, hIntercept] = [0, 0, 1e-12, 0, 1e-12];
  for (const { x, target } of points) {
    const p = sigmoid(slope * x + intercept);
    const weight = p * (1 - p);
    gSlope += (p - target) * x;
    gIntercept += p - target;
    hSlope += weight * x * x;
    hBoth += weight * x;
    hIntercept += weight;
  }
  const determinant = hSlope * hIntercept - hBoth * hBoth;
  return {
    slope: -(hIntercept * gSlope - hBoth * gIntercept) / determinant,
    intercept: -(hSlope * gIntercept - hBoth * gSlope) / determinant,
  };
}

function moved(map: PlattMap, step: PlattMap, scale: number): PlattMap {
  return { slope: map.slope + scale * step.slope, intercept: map.intercept + scale * step.intercept };
}
