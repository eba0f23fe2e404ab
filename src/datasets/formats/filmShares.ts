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
 * Start and length in pixels. A box that the rounding of shares takes over the border ends at the border: in CSV, which
 * may not know the size, it would lie outside.
 */
function sideOfShares(begin: number, length: number, whole: number): [number, number] {
  const end = begin + length;
  const isOver = (share: number) => share > 0 && share <= roundingShare;
  if (!isOver(-begin) && !isOver(end - 1)) return [pixels(begin * whole), pixels(length * whole)];
  const [from, to] = [isOver(-begin) ? 0 : pixels(begin * whole), isOver(end - 1) ? whole : pixels(end * whole)];
  return [from, pixels(to - from)];
}

/**
 * Rounded to a ten-thousandth of a pixel, since shares are rounded too: an edge at 176 comes back as 176, and one at 0
 * is never negative.
 */
function pixels(value: number): number {
  return Math.round(value * 1e4) / 1e4 + 0;
}
