import type { BoxResult, FilmResult } from '../results/results.js';

/** How detections are matched to true boxes: how much overlap is enough, and which truth a detection takes. */
export interface MatchRule {
  readonly limit: number;
  /**
   * - `coco`: the best free truth with IoU ≥ limit (cocoeval.py, `evaluateImg`);
   * - `voc`: the best truth with IoU ≥ limit, free or not; a second detection of it is wrong (VOC 2010 devkit,
   *   `VOCevaldet.m`);
   * - `rsna`: as coco, but with IoU > limit.
   */
  readonly kind: 'coco' | 'voc' | 'rsna';
}

/**
 * Which detections of a film are right: 1 if it took a true box, else 0, in the order of `film.boxes`. Better
 * detections choose first, so the outcome above any threshold does not depend on what is below it.
 */
export function matchBoxes(film: Pick<FilmResult, 'boxes' | 'truths'>, rule: MatchRule): Uint8Array {
  return Uint8Array.from(matchTruths(film, rule), (truth) => Number(truth !== undefined));
}

/** The true box that each detection took, in the order of `film.boxes`. */
export function matchTruths(
  film: Pick<FilmResult, 'boxes' | 'truths'>,
  rule: MatchRule,
): readonly (number | undefined)[] {
  const taken = new Uint8Array(film.truths.length);
  return film.boxes.map((box) => {
    const truth = chosen(box, rule, taken);
    if (truth === undefined || taken[truth] === 1) return undefined;
    taken[truth] = 1;
    return truth;
  });
}

function chosen({ overlaps }: BoxResult, { limit, kind }: MatchRule, taken: Uint8Array): number | undefined {
  let best = 0;
  let truth: number | undefined;
  for (const overlap of overlaps) {
    const enough = kind === 'rsna' ? overlap.iou > limit : overlap.iou >= limit;
    if (!enough || (kind !== 'voc' && taken[overlap.truth] === 1)) continue;
    // Of two equal ones, COCO takes the later.
    if (overlap.iou >= best) {
      best = overlap.iou;
      truth = overlap.truth;
    }
  }
  return truth;
}

/** Whether a box meets any true box, taken or not: what its score is calibrated to. */
export function meetsTruth(box: BoxResult, limit: number): boolean {
  return box.overlaps.some(({ iou }) => iou >= limit);
}
