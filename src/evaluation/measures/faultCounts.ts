import type { BoxResult, FilmResult } from '../results/results.js';
import { nearest, nearLimit } from './forgive.js';
import { matchTruths } from './matching.js';

/** The boxes at or above a threshold, each of one kind. */
export interface BoxCounts {
  /** Took a true box. */
  right: number;
  /** On a lesion that a higher-scored box has taken. */
  second: number;
  /** Near a lesion (IoU ≥ .1), but misplaced. */
  edges: number;
  /** Away from the lesions of the film. */
  background: number;
  /** On a film without a lesion. */
  negativeFilm: number;
}

/** The true boxes, each of one kind. */
export interface LesionCounts {
  found: number;
  /** A box that would find it scores below the threshold, or found another lesion. */
  scoredTooLow: number;
  /** The best-placed box near it (IoU ≥ .1) is misplaced. */
  edges: number;
  /** No box is near it. */
  missed: number;
}

/** What is right and what is wrong with the boxes at or above a threshold, at one IoU limit. */
export function faultCounts(
  films: readonly FilmResult[],
  threshold: number,
  limit: number,
): { readonly boxes: Readonly<BoxCounts>; readonly lesions: Readonly<LesionCounts> } {
  const boxes: BoxCounts = { right: 0, second: 0, edges: 0, background: 0, negativeFilm: 0 };
  const lesions: LesionCounts = { found: 0, scoredTooLow: 0, edges: 0, missed: 0 };
  for (const film of films) {
    const reported = { truths: film.truths, boxes: film.boxes.filter(({ score }) => score >= threshold) };
    const taken = matchTruths(reported, { kind: 'coco', limit });
    reported.boxes.forEach((box, i) => boxes[taken[i] === undefined ? faultOf(box, film, limit) : 'right']++);
    film.truths.forEach((_, truth) => lesions[taken.includes(truth) ? 'found' : lossOf(truth, film, limit)]++);
  }
  return { boxes, lesions };
}

function faultOf(box: BoxResult, { truths }: FilmResult, limit: number): keyof BoxCounts {
  if (truths.length === 0) return 'negativeFilm';
  const iou = nearest(box)?.iou ?? 0;
  if (iou >= limit) return 'second';
  return iou >= nearLimit ? 'edges' : 'background';
}

function lossOf(truth: number, { boxes }: FilmResult, limit: number): keyof LesionCounts {
  const ious = boxes.map(({ overlaps }) => overlaps.find((overlap) => overlap.truth === truth)?.iou ?? 0);
  const best = Math.max(0, ...ious);
  if (best >= limit) return 'scoredTooLow';
  return best >= nearLimit ? 'edges' : 'missed';
}
