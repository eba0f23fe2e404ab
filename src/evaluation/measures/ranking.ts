import { matchBoxes, type MatchRule } from './matching.js';
import type { FilmResult } from '../results/results.js';

/**
 * Detections of many films as columns, best score first; equal scores stay in the order of the films, as in COCO's
 * stable sort. A measure walks down them once per resample.
 */
export interface Ranking {
  readonly score: Float64Array;
  /** Index of the film that each detection is on. */
  readonly film: Int32Array;
  /** 1 if the detection took a true box. */
  readonly right: Uint8Array;
  /** How many did. */
  readonly hits: number;
  /** True boxes of each film. */
  readonly truths: Float64Array;
}

/** Ranks the detections of one class, or of all if none is named. */
export function rank(films: readonly FilmResult[], rule: MatchRule, name?: string): Ranking {
  const found: { score: number; film: number; right: number }[] = [];
  films.forEach((film, index) => {
    const right = matchBoxes(film, rule);
    film.boxes.forEach((box, b) => {
      if (name === undefined || box.class === name) found.push({ score: box.score, film: index, right: right[b]! });
    });
  });
  found.sort((a, b) => b.score - a.score);
  return {
    score: Float64Array.from(found, (d) => d.score),
    film: Int32Array.from(found, (d) => d.film),
    right: Uint8Array.from(found, (d) => d.right),
    hits: found.reduce((sum, { right }) => sum + right, 0),
    truths: Float64Array.from(films, ({ truths }) =>
      name === undefined ? truths.length : truths.filter((truth) => truth === name).length,
    ),
  };
}

/** Number of true boxes in a resample. */
export function truthsIn({ truths }: Pick<Ranking, 'truths'>, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < truths.length; i++) sum += truths[i]! * weights[i]!;
  return sum;
}
