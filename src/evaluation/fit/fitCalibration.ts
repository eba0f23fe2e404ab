import type { ModelSpec } from '../../detector/index.js';
import { rounded } from '../measures/measure.js';
import { logisticRegression } from './logisticRegression.js';
import type { Scored } from '../measures/roc.js';

/** A strictly increasing map from raw scores to probabilities, as a ModelSpec has it. */
export type FittedCalibration = DistributiveOmit<NonNullable<ModelSpec['calibration']>, 'source'>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Cases that can't be calibrated: all right, all wrong, or scores that say the opposite. */
export class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
}

/**
 * Fits the probability of being right to raw scores by maximum likelihood: the beta map, whose ends bend independently
 * (Kull, Silva Filho and Flach 2017), or Platt's if the fitted beta map would decrease anywhere. The targets are
 * Platt's, (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2) in place of 1 and 0, so that a small set can't make it certain (Platt
 * 1999).
 *
 * @throws CalibrationError if all cases are right or all are wrong, or if higher scores are right less often
 */
export function fitCalibration(cases: readonly Scored[]): FittedCalibration {
  const right = cases.filter(({ positive }) => positive).length;
  const wrong = cases.length - right;
  if (right === 0 || wrong === 0)
    throw new CalibrationError(`calibration needs right and wrong cases; there are ${right} and ${wrong}`);
  const points = cases.map(({ score, positive }) => {
    // Scores have six decimals: 0 and 1 stand for anything within half of the last one.
    const bounded = Math.min(1 - 5e-7, Math.max(5e-7, score));
    return {
      rise: Math.log(bounded),
      fall: -Math.log1p(-bounded),
      target: positive ? (right + 1) / (right + 2) : 1 / (wrong + 2),
    };
  });
  const uninformed = Math.log((right + 1) / (wrong + 1));
  const [slope = 0, intercept = 0] = logisticRegression(
    points.map(({ rise, fall, target }) => ({ features: [rise + fall, 1], target })),
    [0, uninformed],
  );
  if (!(slope > 0))
    throw new CalibrationError(
      `boxes with higher scores are right less often here (slope ${slope.toFixed(3)}): there is nothing to calibrate`,
    );
  const [a = 0, b = 0, c = 0] = logisticRegression(
    points.map(({ rise, fall, target }) => ({ features: [rise, fall, 1], target })),
    [slope, slope, intercept],
  );
  const beta = { a: rounded(a), b: rounded(b), c: rounded(c) };
  return beta.a > 0 && beta.b > 0
    ? { kind: 'beta', ...beta }
    : { kind: 'platt', slope: rounded(slope), intercept: rounded(intercept) };
}
