import { type ImageBox, iou } from '../../detector/index.js';
import type { BoxResult, Overlap } from './results.js';

/** A box with its class, from a reader or from the network. */
export interface ClassedBox {
  readonly class: string;
  readonly box: ImageBox;
}

/** Smaller overlaps are not kept: no measure needs them. */
const smallest = 0.05;

/**
 * Detections as results, in their order: their overlaps with the true boxes of their class replace their coordinates.
 * IoU is truncated to 6 decimals, not rounded, so that no box newly reaches a limit. A box that exceeds a limit by less
 * than a millionth now equals it, which only the RSNA metric (IoU > limit) notices.
 */
export function boxResults(
  detections: readonly (ClassedBox & { readonly score: number })[],
  truths: readonly ClassedBox[],
): BoxResult[] {
  return detections.map(({ class: name, score, box }) => {
    const overlaps: Overlap[] = [];
    truths.forEach((truth, index) => {
      if (truth.class !== name) return;
      const overlap = cut(iou(box, truth.box));
      if (overlap >= smallest) overlaps.push({ truth: index, iou: overlap });
    });
    return { class: name, score, overlaps };
  });
}

function cut(value: number): number {
  return Math.floor(value * 1e6) / 1e6;
}
