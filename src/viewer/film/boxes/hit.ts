import type { Point } from '../pane/view.js';
import type { Rect } from './look.js';

/** Half the width of the band along a box's outline that takes a click, in screen px. */
export const reach = { mouse: 6, touch: 22 } as const;

/**
 * The boxes whose outline lies within `within` px of a point, nearest first. Only the outline: a drag that
 * starts inside a box is a drag on the film.
 */
export function hitBoxes<B extends { readonly rect: Rect }>(
  boxes: readonly B[],
  at: Point,
  within: number,
): readonly B[] {
  return boxes
    .map((box) => ({ box, distance: outlineDistance(box.rect, at) }))
    .filter(({ distance }) => distance <= within)
    .sort((a, b) => a.distance - b.distance)
    .map(({ box }) => box);
}

/** Distance of a point from the outline of a rectangle. */
export function outlineDistance({ x, y, width, height }: Rect, at: Point): number {
  const outside = Math.hypot(Math.max(x - at.x, 0, at.x - x - width), Math.max(y - at.y, 0, at.y - y - height));
  if (outside > 0) return outside;
  return Math.min(at.x - x, x + width - at.x, at.y - y, y + height - at.y);
}
