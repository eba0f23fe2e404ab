import type { FilmSize } from '../annotations.js';
import type { ImageBox } from '../../detector/index.js';
import { roundingShare } from '../soundBoxes.js';

/** A box whose left, top, width and height are shares of the film's sides, 0…1, in pixels. */
export function boxOfFilmShares(shares: ImageBox, size: FilmSize): ImageBox {
  const [left, across] = sideOfShares(shares.x, shares.width, size.width);
  const [top, down] = sideOfShares(shares.y, shares.height, size.height);
  return { x: left, y: top, width: across, height: down };
}

/**
 * Begin and length in pixels. What reaches over the border by the rounding of the shares ends there: as CSV, which may
 * not know the size, it would lie outside.
 */
function sideOfShares(begin: number, length: number, whole: number): [number, number] {
  const end = begin + length;
  const isOver = (share: number) => share > 0 && share <= roundingShare;
  if (!isOver(-begin) && !isOver(end - 1)) return [pixels(begin * whole), pixels(length * whole)];
  const [from, to] = [isOver(-begin) ? 0 : pixels(begin * whole), isOver(end - 1) ? whole : pixels(end * whole)];
  return [from, pixels(to - from)];
}

/**
 * Ten-thousandths of a pixel are the rounding of the shares: without them an edge at 176 comes back as 176, one at 0
 * not as less.
 */
function pixels(value: number): number {
  return Math.round(value * 1e4) / 1e4 + 0;
}
