import type { BoxResult, FilmResult } from './results.js';

/** How a detection meets a true box: which overlap is enough, and which truth it takes. */
export interface MatchRule {
  readonly limit: number;
  /**
   * - `coco`: the best of the truths that are still free, from IoU ≥ limit on (cocoeval.py, `evaluateImg`);
   * - `voc`: the best truth of all, from IoU ≥ limit on, and a second detection of it is wrong (VOC 2010 devkit, `VOCevaldet.m`);
   * - `rsna`: as coco, but the IoU must be greater than the limit.
   */
  readonly kind: 'coco' | 'voc' | 'rsna';
}

/**
 * Which detections of a film are right: 1 for each that took a true box, else 0, in the order of `film.boxes`. Better detections
 * choose first, so the outcome for those above any threshold does not depend on the ones below it.
 */
export function matchBoxes(film: Pick<FilmResult, 'boxes' | 'truths'>, rule: MatchRule): Uint8Array {
  const taken = new Uint8Array(film.truths.length);
  return Uint8Array.from(film.boxes, (box) => {
    const truth = chosen(box, rule, taken);
    if (truth === undefined || taken[truth] === 1) return 0;
    taken[truth] = 1;
    return 1;
  });
}

function chosen({ overlaps }: BoxResult, { limit, kind }: MatchRule, taken: Uint8Array): number | undefined {
  let best = 0;
  let truth: number | undefined;
  for (const overlap of overlaps) {
    const enough = kind === 'rsna' ? overlap.iou > limit : overlap.iou >= limit;
    if (!enough || (kind !== 'voc' && taken[overlap.truth] === 1)) continue;
    // Of two that are equal COCO takes the later one.
    if (overlap.iou >= best) {
      best = overlap.iou;
      truth = overlap.truth;
    }
  }
  return truth;
}

/** Whether a box meets a true one at all, taken or not: what its score is calibrated to. */
export function meetsTruth(box: BoxResult, limit: number): boolean {
  return box.overlaps.some(({ iou }) => iou >= limit);
}
