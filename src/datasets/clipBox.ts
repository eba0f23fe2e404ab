import { type AnnotatedBox, boxOfEdges, edgesOf, type FilmSize } from './annotations.js';

/**
 * The part of a box that lies on its film. Returns the same object if the box is wholly on the film, wholly off it (it
 * belongs to another film, or is wrong), or if its edges make no box.
 *
 * @param size of the film; if undefined, only the left and upper border are known
 */
export function clipBox(box: AnnotatedBox, size: FilmSize | undefined): AnnotatedBox {
  const [xmin, ymin, xmax, ymax] = edgesOf(box);
  const { width, height } = size ?? { width: Infinity, height: Infinity };
  const clipped = [Math.max(xmin, 0), Math.max(ymin, 0), Math.min(xmax, width), Math.min(ymax, height)] as const;
  const [left, top, right, bottom] = clipped;
  const same = left === xmin && top === ymin && right === xmax && bottom === ymax;
  if (same || !(right > left) || !(bottom > top)) return box;
  // `extras` hold the old position, in the file's own terms.
  const { far: _, extras: __, box: ___, ...rest } = box;
  return { ...rest, ...boxOfEdges(left, top, right, bottom) };
}
