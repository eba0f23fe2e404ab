import { matchBoxes } from './matching.js';
import type { Measure } from './measure.js';
import type { FilmResult } from '../results/results.js';

const limits = [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75];

/**
 * The metric of the RSNA Pneumonia Detection Challenge 2018 (kaggle.com/c/rsna-pneumonia-detection-challenge,
 * "Evaluation"): for each film, TP / (TP + FP + FN) of the reported boxes, averaged over IoU > .40, .45 … .75; then
 * the mean over films. A film without true boxes counts as 0 if boxes were reported on it, and is not scored
 * otherwise.
 */
export function rsna(films: readonly FilmResult[], threshold: number): Measure<'rsna'> {
  const scores = Float64Array.from(films, (film) => scoreOf(film, threshold));
  return {
    cases: { rsna: scores.filter((score) => !Number.isNaN(score)).length },
    of(weights) {
      let sum = 0;
      let counted = 0;
      scores.forEach((score, i) => {
        if (Number.isNaN(score)) return;
        sum += score * weights[i]!;
        counted += weights[i]!;
      });
      return { rsna: sum / counted };
    },
  };
}

/** NaN if the film is not scored. */
function scoreOf(film: FilmResult, threshold: number): number {
  const reported = { truths: film.truths, boxes: film.boxes.filter(({ score }) => score >= threshold) };
  if (reported.boxes.length === 0 && reported.truths.length === 0) return NaN;
  const ratios = limits.map((limit) => {
    const hits = matchBoxes(reported, { kind: 'rsna', limit }).reduce((sum, right) => sum + right, 0);
    // TP + FP are the boxes reported, TP + FN the true ones.
    return hits / (reported.boxes.length + reported.truths.length - hits);
  });
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / limits.length;
}
