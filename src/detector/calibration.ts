import { logit, sigmoid } from './decode.js';
import type { ModelSpec } from './spec.js';

type Calibration = ModelSpec['calibration'];

/**
 * The calibrated score of a raw one, strictly increasing from 0 at 0 to 1 at 1.
 *
 * - `platt`: σ(slope · logit(raw) + intercept) (Platt 1999, on the logit)
 * - `beta`: σ(a · ln(raw) − b · ln(1 − raw) + c) (Kull, Silva Filho and Flach 2017); the same as Platt if a = b
 *
 * @example
 * const platt = { kind: 'platt', slope: 2, intercept: 0 };
 * calibrate(0.5, platt); // 0.5
 * calibrate(0.9, platt) > 0.98; // true
 * Math.abs(uncalibrate(calibrate(0.9, platt), platt) - 0.9) < 1e-9; // true
 */
export function calibrate(raw: number, calibration: Calibration): number {
  switch (calibration?.kind) {
    case undefined:
      return raw;
    case 'platt':
      return sigmoid(calibration.slope * logit(raw) + calibration.intercept);
    case 'beta':
      return sigmoid(calibration.a * Math.log(raw) - calibration.b * Math.log1p(-raw) + calibration.c);
  }
}

/** The raw score that `calibrate` turns into this one, to the precision of a double. */
export function uncalibrate(score: number, calibration: Calibration): number {
  switch (calibration?.kind) {
    case undefined:
      return score;
    case 'platt':
      return sigmoid((logit(score) - calibration.intercept) / calibration.slope);
    case 'beta': {
      if (score === 0 || score === 1) return score;
      // No closed form: bisection on the logit of the raw score, which is as fine near 0 and 1 as between.
      let [below, above] = [-750, 750];
      for (let i = 0; i < 64; i++) {
        const middle = (below + above) / 2;
        if (calibrate(sigmoid(middle), calibration) < score) below = middle;
        else above = middle;
      }
      return sigmoid(above);
    }
  }
}
