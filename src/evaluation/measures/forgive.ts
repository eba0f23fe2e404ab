import type { BoxResult, FilmResult, Overlap } from '../results/results.js';
import { matchBoxes } from './matching.js';

/**
 * A box with at least this IoU was meant for the true box; with less it is background (`t_b` of TIDE: Bolya et al.
 * 2020, "A General Toolbox for Identifying Object Detection Errors").
 */
export const nearLimit = 0.1;

/** The true box that a box was meant for: the one it overlaps most, if it is near any. */
export function nearest({ overlaps }: BoxResult): Overlap | undefined {
  const best = overlaps.reduce<Overlap | undefined>(
    (most, overlap) => (most === undefined || overlap.iou > most.iou ? overlap : most),
    undefined,
  );
  return best !== undefined && best.iou >= nearLimit ? best : undefined;
}

/** The film as if the highest-scored box near each lesion were exactly on it. */
export function edgesForgiven(film: FilmResult): FilmResult {
  const seen = new Set<number>();
  const boxes = film.boxes.map((box) => {
    const truth = nearest(box)?.truth;
    if (truth === undefined || seen.has(truth)) return box;
    seen.add(truth);
    return { ...box, overlaps: [{ truth, iou: 1 }] };
  });
  return { ...film, boxes };
}

/** The film as if, of the boxes near each lesion, the best placed had the highest score: the two swap their scores. */
export function rankingForgiven(film: FilmResult): FilmResult {
  const scores = film.boxes.map(({ score }) => score);
  film.truths.forEach((_, truth) => {
    const near = film.boxes.flatMap((box, index) => {
      const place = nearest(box);
      return place?.truth === truth ? [{ index, iou: place.iou }] : [];
    });
    const [first] = near;
    if (first === undefined) return;
    const best = near.reduce((most, each) => (each.iou > most.iou ? each : most), first);
    [scores[first.index], scores[best.index]] = [scores[best.index]!, scores[first.index]!];
  });
  const boxes = film.boxes.map((box, i) => ({ ...box, score: scores[i]! }));
  return { ...film, boxes: boxes.sort((a, b) => b.score - a.score) };
}

/** The film without boxes on a lesion that a higher-scored box has found already. */
export function secondBoxesForgiven(film: FilmResult, limit: number): FilmResult {
  const right = matchBoxes(film, { kind: 'coco', limit });
  return {
    ...film,
    boxes: film.boxes.filter((box, i) => right[i] === 1 || !box.overlaps.some(({ iou }) => iou >= limit)),
  };
}

/** The film without boxes away from its lesions; a film without a lesion stays as it is. */
export function backgroundForgiven(film: FilmResult): FilmResult {
  if (film.truths.length === 0) return film;
  return { ...film, boxes: film.boxes.filter((box) => nearest(box) !== undefined) };
}

/** A film without a lesion has no box: what a perfect film classifier in front of the network would do. */
export function negativesForgiven(film: FilmResult): FilmResult {
  return film.truths.length === 0 ? { ...film, boxes: [] } : film;
}

/** The film without the lesions that have no box near them: nothing but more boxes could find those. */
export function missesForgiven(film: FilmResult): FilmResult {
  const near = film.boxes.flatMap(({ overlaps }) => overlaps.filter(({ iou }) => iou >= nearLimit));
  const found = new Set(near.map(({ truth }) => truth));
  const places = film.truths.map((_, truth) => truth).filter((truth) => found.has(truth));
  const place = new Map(places.map((truth, index) => [truth, index]));
  return {
    ...film,
    truths: places.map((truth) => film.truths[truth]!),
    boxes: film.boxes.map((box) => ({
      ...box,
      overlaps: box.overlaps.flatMap(({ truth, iou }) => {
        const index = place.get(truth);
        return index === undefined ? [] : [{ truth: index, iou }];
      }),
    })),
  };
}
