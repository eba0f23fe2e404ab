/**
 * A box in continuous pixel coordinates, origin top left: a box over a whole film of w × h pixels is `{ x: 0, y: 0,
 * width: w, height: h }`. Boxes on the film and on the input have the same shape but different names, so that a
 * signature says which it means.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box in pixels of the upright film (after EXIF orientation). */
export type ImageBox = Box;

/** A box in pixels of the network input (after letterboxing). */
export type InputBox = Box;

/**
 * Intersection over union, 0…1; 0 if either box is empty.
 *
 * @example
 * iou({ x: 0, y: 0, width: 2, height: 1 }, { x: 1, y: 0, width: 2, height: 1 }); // 1 / 3
 */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}

/**
 * The part of a box that lies on a film of this size; undefined if nothing is left.
 *
 * @example
 * clipBox({ x: -5, y: 5, width: 9, height: 9 }, { width: 64, height: 64 }); // { x: 0, y: 5, width: 4, height: 9 }
 */
export function clipBox(
  box: ImageBox,
  film: { readonly width: number; readonly height: number },
): ImageBox | undefined {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const width = Math.min(film.width, box.x + box.width) - x;
  const height = Math.min(film.height, box.y + box.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
