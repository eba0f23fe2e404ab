import { type Box, iou } from './boxes.js';
import type { NmsSpec } from './spec.js';

export interface Suppressible {
  readonly box: Box;
  readonly score: number;
  readonly classIndex: number;
}

/**
 * Greedy non-maximum suppression, best first: a box is dropped if its IoU with a kept box (of its class, with
 * `perClass`) is greater than the limit. Keeps at most `maximum` boxes, best first. Ties are broken by class and
 * position, so that the result doesn't depend on the order of the input.
 *
 * @example
 * const box = { x: 0, y: 0, width: 10, height: 10 };
 * const [best, ...others] = suppress(
 *   [
 *     { box, score: 0.8, classIndex: 0 },
 *     { box, score: 0.9, classIndex: 0 },
 *   ],
 *   { iou: 0.45, perClass: true, maximum: 100 },
 * );
 * // best.score === 0.9, others.length === 0
 */
export function suppress<T extends Suppressible>(
  candidates: readonly T[],
  nms: Pick<NmsSpec, 'iou' | 'perClass' | 'maximum'>,
): T[] {
  const kept: T[] = [];
  const keptOf = new Map<number, T[]>();
  for (const candidate of candidates.toSorted(byRank)) {
    if (kept.length === nms.maximum) break;
    const group = nms.perClass ? candidate.classIndex : 0;
    let rivals = keptOf.get(group);
    if (rivals === undefined) keptOf.set(group, (rivals = []));
    if (rivals.some((rival) => iou(rival.box, candidate.box) > nms.iou)) continue;
    rivals.push(candidate);
    kept.push(candidate);
  }
  return kept;
}

/** The order of reports: score (best first), class index, x, y, width, height. */
export function byRank(a: Suppressible, b: Suppressible): number {
  return (
    b.score - a.score ||
    a.classIndex - b.classIndex ||
    a.box.x - b.box.x ||
    a.box.y - b.box.y ||
    a.box.width - b.box.width ||
    a.box.height - b.box.height
  );
}
