import { type ImageBox, iou } from '../detector/index.js';
import type { BoxResult, Overlap } from './results.js';

/** A box with its class: what a reader drew, or the network. */
export interface ClassedBox {
  readonly class: string;
  readonly box: ImageBox;
}

/** Overlaps below this are not kept: no measure asks for so little. */
const smallest = 0.05;

/**
 * Detections as results, in their order: their overlaps with the true boxes of their class, in place of the boxes.
 * IoU is cut to 6 decimals, not rounded: whether it reaches a limit of two decimals stays as it was; one that exceeds it
 * by less than a millionth does no longer, which matters to the RSNA metric alone.
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
