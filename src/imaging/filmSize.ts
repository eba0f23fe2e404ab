import { FilmError } from './film.js';

/** Shortest side of a film in pixels. */
const smallestSide = 64;

/**
 * Checks the size in a header, before any pixel is allocated.
 *
 * @throws FilmError `image-too-large`, `image-too-small`
 */
export function assertSize({ width, height }: { width: number; height: number }, maxPixels: number): void {
  const size = `${width} × ${height} pixels`;
  if (width * height > maxPixels)
    throw new FilmError('image-too-large', `The image has ${size}; at most ${maxPixels} pixels in all are taken.`);
  if (Math.min(width, height) < smallestSide)
    throw new FilmError('image-too-small', `The image has ${size}; a film has at least ${smallestSide} on each side.`);
}
