import type { Levels } from './windowLevel.js';

/** One size of a film: one plane of grey, or three of colour, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly (Uint8Array | Uint16Array)[];
}

/** A film's pixels, ready for display: every halved size down to a thumbnail, and the histogram of its values. */
export interface FilmPixels extends Levels {
  /** Largest size first. */
  readonly sizes: readonly Plane[];
  /** Size of the film itself: a preview's largest size is smaller. */
  readonly film: { readonly width: number; readonly height: number };
  readonly colour: boolean;
}

/** Reads the pixels of an upright film: builds its halved sizes and its histogram (of the grey mean for colour). */
export function filmPixels(full: Plane, greatest: number): FilmPixels {
  const sizes = [full];
  for (let last = full; Math.max(last.width, last.height) > 256;) {
    last = halved(last);
    sizes.push(last);
  }
  const film = { width: full.width, height: full.height };
  return { sizes, film, colour: full.planes.length === 3, greatest, histogram: histogramOf(full, greatest) };
}

/**
 * The halved size: each value is the rounded mean of four. An odd edge repeats its last row or column, so
 * that no pixel of the film is left out: pixel (x, y) always covers 2×2 pixels of the size above.
 */
export function halved({ width, height, planes }: Plane): Plane {
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  return { width: w, height: h, planes: planes.map((plane) => halvedPlane(plane, width, height, w, h)) };
}

function halvedPlane(
  plane: Uint8Array | Uint16Array,
  width: number,
  height: number,
  w: number,
  h: number,
): Uint8Array | Uint16Array {
  const small = plane instanceof Uint16Array ? new Uint16Array(w * h) : new Uint8Array(w * h);
  for (let y = 0, o = 0; y < h; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < w; x++, o++) {
      const left = 2 * x;
      const right = left + 1 < width ? left + 1 : left;
      small[o] = (plane[upper + left]! + plane[upper + right]! + plane[lower + left]! + plane[lower + right]! + 2) >> 2;
    }
  }
  return small;
}

function histogramOf({ planes }: Plane, greatest: number): Uint32Array {
  const histogram = new Uint32Array(greatest + 1);
  const [first, second, third] = planes;
  if (first === undefined) return histogram;
  if (second === undefined || third === undefined) {
    for (let i = 0; i < first.length; i++) histogram[first[i]!]!++;
  } else {
    for (let i = 0; i < first.length; i++) histogram[Math.round((first[i]! + second[i]! + third[i]!) / 3)]!++;
  }
  return histogram;
}

/** How many film px one px of the largest size covers: 1, or more for a preview. */
export function reduced({ sizes, film }: FilmPixels, side: 'width' | 'height'): number {
  return film[side] / (sizes[0]?.[side] ?? film[side]);
}

/**
 * The size to draw from when one film px is `deviceScale` device px: the smallest that still has a pixel
 * for every device pixel, so that nothing is blurred and nothing finer than two pixels is skipped.
 */
export function sizeFor(pixels: FilmPixels, deviceScale: number): { readonly plane: Plane; readonly halvings: number } {
  const wanted = Math.floor(Math.log2(1 / (deviceScale * reduced(pixels, 'width'))) + 1e-9);
  const halvings = Math.min(Math.max(wanted, 0), pixels.sizes.length - 1);
  const plane = pixels.sizes[halvings];
  if (plane === undefined) throw new Error('a film has at least one size');
  return { plane, halvings };
}
