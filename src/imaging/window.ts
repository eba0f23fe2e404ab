import type { FilmLevels, ModelSpec } from '../detector/index.js';
import type { Film } from './film.js';

export interface WindowedFilm {
  readonly levels: FilmLevels;
  /** Grey levels (in values of the film's depth) that became 0 and 1; null where the model takes no window. */
  readonly window: readonly [number, number] | null;
}

/**
 * A film → the levels that its network was trained on: grey or RGB planes, the window stretched to the whole range, as
 * bytes or floats according to the spec's arithmetic.
 */
export function applyWindow(film: Film, spec: Pick<ModelSpec, 'input' | 'window' | 'fit'>): WindowedFilm {
  const { width, height } = film;
  const greatest = film.facts.bits === 16 ? 65535 : 255;
  const planes = spec.input.colour === 'grey' ? [greyPlane(film)] : rgbPlanes(film);
  const [grey] = planes;
  const window =
    spec.window === 'none' || grey === undefined ? null : percentileWindow(grey, greatest, spec.window.percentile);
  const [low, high] = window ?? [0, greatest];
  const table = spec.fit.arithmetic === 'uint8' ? byteTable(low, high, greatest) : floatTable(low, high, greatest);
  return { levels: { width, height, planes, table }, window };
}

/**
 * The window between two percentiles of a plane by nearest rank: the smallest levels whose cumulative count reaches
 * that share of all pixels. The whole range if both are the same level, since nothing can be stretched between them.
 */
export function percentileWindow(
  plane: Uint8Array | Uint16Array,
  greatest: number,
  [lower, upper]: readonly [number, number],
): readonly [number, number] {
  const levels = greatest + 1;
  const counts = countsOf(plane, levels);
  const ranks = [rankOf(lower, plane.length), rankOf(upper, plane.length)] as const;
  let low: number | undefined;
  let count = 0;
  for (let level = 0; level < levels; level++) {
    count += counts[level]! + counts[levels + level]! + counts[2 * levels + level]! + counts[3 * levels + level]!;
    if (count >= ranks[0]) low ??= level;
    if (count >= ranks[1]) return low !== undefined && level > low ? [low, level] : [0, greatest];
  }
  return [0, greatest];
}

/**
 * Pixels of each level, in four parts. Neighbours are often equal: with four counters, none waits for the one before.
 */
function countsOf(plane: Uint8Array | Uint16Array, levels: number): Uint32Array {
  const counts = new Uint32Array(4 * levels);
  const fours = plane.length - (plane.length % 4);
  for (let i = 0; i < fours; i += 4) {
    counts[plane[i]!]!++;
    counts[levels + plane[i + 1]!]!++;
    counts[2 * levels + plane[i + 2]!]!++;
    counts[3 * levels + plane[i + 3]!]!++;
  }
  for (let i = fours; i < plane.length; i++) counts[plane[i]!]!++;
  return counts;
}

/**
 * percent · total before the division: 7 % of 100 pixels are 7, not 7.000000000000001. At least one pixel, so that 0 %
 * is the darkest level that occurs.
 */
function rankOf(percent: number, total: number): number {
  return Math.max(1, Math.ceil((percent * total) / 100));
}

function byteTable(low: number, high: number, greatest: number): Uint8Array {
  const table = new Uint8Array(greatest + 1).fill(255, high);
  for (let v = low; v < high; v++) table[v] = Math.round(((v - low) * 255) / (high - low));
  return table;
}

function floatTable(low: number, high: number, greatest: number): Float32Array {
  const table = new Float32Array(greatest + 1).fill(1, high);
  for (let v = low; v < high; v++) table[v] = (v - low) / (high - low);
  return table;
}

/**
 * Rec. 601 luma, (0.299 R + 0.587 G + 0.114 B), in the fixed point of OpenCV's cvtColor (15 bits, rounded), so that a
 * colour film becomes the same grey that networks are trained on. The weights sum to 2¹⁵: equal planes stay unchanged,
 * and 16 bits don't overflow 2³¹.
 */
function greyPlane({ channels, pixels, width, height }: Film): Uint8Array | Uint16Array {
  if (channels === 1) return pixels;
  const area = width * height;
  const grey = pixels instanceof Uint16Array ? new Uint16Array(area) : new Uint8Array(area);
  for (let i = 0, p = 0; i < area; i++, p += 3) {
    grey[i] = (9798 * pixels[p]! + 19235 * pixels[p + 1]! + 3735 * pixels[p + 2]! + 16384) >> 15;
  }
  return grey;
}

function rgbPlanes({ channels, pixels, width, height }: Film): (Uint8Array | Uint16Array)[] {
  if (channels === 1) return [pixels, pixels, pixels];
  const area = width * height;
  return [0, 1, 2].map((channel) => {
    const plane = pixels instanceof Uint16Array ? new Uint16Array(area) : new Uint8Array(area);
    for (let i = 0, p = channel; i < area; i++, p += 3) plane[i] = pixels[p]!;
    return plane;
  });
}
