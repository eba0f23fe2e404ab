import { matchBoxes } from './matching.js';
import { type Measure, once } from './measure.js';
import type { FilmResult } from '../results/results.js';

export type BoxCountName = 'precision40' | 'recall40' | 'f1At40' | 'f1At50' | 'f1At75' | 'falsePositivesPerFilm';

/**
 * Boxes at the operating point: precision, recall and F1 = 2TP / (2TP + FP + FN) at IoU ≥ .4; F1 also at .5 and .75.
 */
export function boxCounts(films: readonly FilmResult[], threshold: number): Measure<BoxCountName> {
  const reported = films.map(({ truths, boxes }) => ({
    truths,
    boxes: boxes.filter(({ score }) => score >= threshold),
  }));
  const boxes = Float64Array.from(reported, (film) => film.boxes.length);
  const truths = Float64Array.from(reported, (film) => film.truths.length);
  const hitsAt = (limit: number): Float64Array =>
    Float64Array.from(reported, (film) =>
      matchBoxes(film, { kind: 'coco', limit }).reduce((sum, right) => sum + right, 0),
    );
  const [hits40, hits50, hits75] = [hitsAt(0.4), hitsAt(0.5), hitsAt(0.75)];
  const all = once(films.length);
  const [nBoxes, nTruths] = [weighted(boxes, all), weighted(truths, all)];
  return {
    cases: {
      precision40: nBoxes,
      recall40: nTruths,
      f1At40: nBoxes + nTruths,
      f1At50: nBoxes + nTruths,
      f1At75: nBoxes + nTruths,
      falsePositivesPerFilm: films.length,
    },
    of(weights) {
      const [reportedBoxes, trueBoxes] = [weighted(boxes, weights), weighted(truths, weights)];
      const f1 = (hits: Float64Array): number => (2 * weighted(hits, weights)) / (reportedBoxes + trueBoxes);
      const hits = weighted(hits40, weights);
      return {
        precision40: hits / reportedBoxes,
        recall40: hits / trueBoxes,
        f1At40: f1(hits40),
        f1At50: f1(hits50),
        f1At75: f1(hits75),
        falsePositivesPerFilm: (reportedBoxes - hits) / weights.reduce((sum, weight) => sum + weight, 0),
      };
    },
  };
}

function weighted(counts: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]! * weights[i]!;
  return sum;
}
