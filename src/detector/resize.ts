import type { FitSpec } from './spec.js';

export type Interpolation = FitSpec['interpolation'];

/** One plane of stored values, rows from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array | Uint16Array;
}

/** What each stored value becomes: bytes 0…255, or floats 0…1. */
export type LevelTable = Uint8Array | Float32Array;

/**
 * Resizes the levels of one plane, `table[pixel]`: looking them up on the way costs less than a pass of its own.
 * Byte levels give bytes, rounded to nearest at the end, and for `bicubic` between the two passes too, as Pillow does.
 *
 * - `area`: mean of the covered area when shrinking (OpenCV INTER_AREA), half-pixel bilinear when enlarging;
 * - `bilinear`: half-pixel centres, no antialiasing (OpenCV INTER_LINEAR);
 * - `bilinear-corner`: corners on corners, src = dst · (S − 1) / (D − 1) (darknet `resize_image`);
 * - `bicubic`: Catmull-Rom (a = −0.5), widened when shrinking (Pillow BICUBIC).
 */
export function resize<Levels extends LevelTable>(
  plane: Plane,
  table: Levels,
  size: { readonly width: number; readonly height: number },
  interpolation: Interpolation,
): Levels;
export function resize(plane: Plane, table: LevelTable, size: { readonly width: number; readonly height: number }, interpolation: Interpolation): LevelTable {
  const bytes = table instanceof Uint8Array;
  const levels = Float64Array.from(table);
  const across = taps(interpolation, plane.width, size.width);
  const down = taps(interpolation, plane.height, size.height);
  const out = bytes ? new Uint8Array(size.width * size.height) : new Float32Array(size.width * size.height);
  if (interpolation === 'bicubic') rowsFirst(plane, levels, across, down, out, bytes);
  else columnsFirst(plane, levels, across, down, out, bytes);
  return out;
}

/** For every output sample: where its source samples start, and their weights (sum 1), the same number for all. */
interface Taps {
  readonly size: number;
  readonly count: number;
  readonly start: Int32Array;
  /** `count` for each output sample. */
  readonly weights: Float64Array;
}

interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

function taps(interpolation: Interpolation, from: number, to: number): Taps {
  const scale = from / to;
  switch (interpolation) {
    case 'area':
      return packed(from, to, (i) => (to < from ? areaTap(i * scale, scale, from) : linearTap((i + 0.5) * scale - 0.5, from)));
    case 'bilinear':
      return packed(from, to, (i) => linearTap((i + 0.5) * scale - 0.5, from));
    case 'bilinear-corner':
      return packed(from, to, (i) => linearTap(to === 1 ? 0 : (i * (from - 1)) / (to - 1), from));
    case 'bicubic':
      return packed(from, to, (i) => cubicTap((i + 0.5) * scale, Math.max(1, scale), from));
  }
}

function areaTap(left: number, scale: number, from: number): Tap {
  const right = Math.min(from, left + scale);
  const first = Math.floor(left);
  const weights = Array.from({ length: Math.min(from, Math.ceil(right)) - first }, (_, j) => (Math.min(first + j + 1, right) - Math.max(first + j, left)) / scale);
  return { first, weights };
}

function linearTap(source: number, from: number): Tap {
  const inside = Math.min(from - 1, Math.max(0, source));
  const first = Math.min(Math.floor(inside), Math.max(0, from - 2));
  return { first, weights: from === 1 ? [1] : [1 - (inside - first), inside - first] };
}

function cubicTap(centre: number, widening: number, from: number): Tap {
  const support = 2 * widening;
  const first = Math.max(0, Math.trunc(centre - support + 0.5));
  const last = Math.min(from, Math.trunc(centre + support + 0.5));
  const weights = Array.from({ length: last - first }, (_, j) => catmullRom((first + j - centre + 0.5) / widening));
  const sum = weights.reduce((a, b) => a + b, 0);
  return { first, weights: weights.map((w) => w / sum) };
}

/** Keys' cubic with a = −0.5. */
function catmullRom(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/** Fills up with weights of 0, at least to four where there are so many samples: the loop over four is written out below. */
function packed(from: number, to: number, tapOf: (i: number) => Tap): Taps {
  const list = Array.from({ length: to }, (_, i) => tapOf(i));
  const count = Math.max(Math.min(4, from), ...list.map((tap) => tap.weights.length));
  const made = { size: to, count, start: new Int32Array(to), weights: new Float64Array(to * count) };
  list.forEach(({ first, weights }, i) => {
    const start = Math.min(first, from - count);
    made.start[i] = start;
    made.weights.set(weights, i * count + first - start);
  });
  return made;
}

function columnsFirst({ width, pixels }: Plane, levels: Float64Array, across: Taps, down: Taps, out: LevelTable, bytes: boolean): void {
  const row = new Float64Array(width);
  for (let y = 0; y < down.size; y++) {
    blendRows(pixels, levels, down.start[y]! * width, width, down.weights.subarray(y * down.count, (y + 1) * down.count), row);
    blendColumns(row, across, out, y * across.size, bytes ? 0.5 : 0);
  }
}

/** Rows of a plane, from `first` on, by their weights. */
function blendRows(pixels: Plane['pixels'], levels: Float64Array, first: number, width: number, weights: Float64Array, sums: Float64Array): void {
  if (weights.length === 4) {
    const [a, b, c, d] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!];
    for (let x = 0, i = first; x < width; x++, i++) {
      sums[x] = levels[pixels[i]!]! * a + levels[pixels[i + width]!]! * b + levels[pixels[i + 2 * width]!]! * c + levels[pixels[i + 3 * width]!]! * d;
    }
    return;
  }
  sums.fill(0);
  for (let j = 0; j < weights.length; j++) {
    const weight = weights[j]!;
    for (let x = 0, i = first + j * width; x < width; x++, i++) sums[x]! += levels[pixels[i]!]! * weight;
  }
}

/** One output row. These weights never overshoot, so `half` and the truncation of a byte array round to nearest. */
function blendColumns(row: Float64Array, across: Taps, out: LevelTable, first: number, half: number): void {
  const { size, count, start, weights } = across;
  if (count !== 4) {
    for (let x = 0; x < size; x++) out[first + x] = blended(row, across, x) + half;
    return;
  }
  for (let x = 0, w = 0; x < size; x++, w += 4) {
    const i = start[x]!;
    out[first + x] = row[i]! * weights[w]! + row[i + 1]! * weights[w + 1]! + row[i + 2]! * weights[w + 2]! + row[i + 3]! * weights[w + 3]! + half;
  }
}

/** One output sample of a row. */
function blended(row: Float64Array, { count, start, weights }: Taps, x: number): number {
  const i = start[x]!;
  const w = x * count;
  let sum = 0;
  for (let j = 0; j < count; j++) sum += row[i + j]! * weights[w + j]!;
  return sum;
}

/** As Pillow goes: byte levels are rounded after each pass, so the order of the passes shows. */
function rowsFirst({ width, height, pixels }: Plane, levels: Float64Array, across: Taps, down: Taps, out: LevelTable, bytes: boolean): void {
  const narrow = new Float64Array(across.size * height);
  const row = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) row[x] = levels[pixels[y * width + x]!]!;
    for (let x = 0; x < across.size; x++) {
      const value = blended(row, across, x);
      narrow[y * across.size + x] = bytes ? toByte(value) : value;
    }
  }
  const column = new Float64Array(height);
  for (let x = 0; x < across.size; x++) {
    for (let y = 0; y < height; y++) column[y] = narrow[y * across.size + x]!;
    for (let y = 0; y < down.size; y++) {
      const value = blended(column, down, y);
      out[y * across.size + x] = bytes ? toByte(value) : value;
    }
  }
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
}
