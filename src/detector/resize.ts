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
 * Byte levels give bytes, the same ones as the library that a network was trained with: its rounding is copied too.
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
export function resize(
  plane: Plane,
  table: LevelTable,
  size: { readonly width: number; readonly height: number },
  interpolation: Interpolation,
): LevelTable {
  const bytes = table instanceof Uint8Array;
  if (bytes && isBilinear(plane, size, interpolation)) return bilinearBytes(plane, table, size);
  const levels = Float64Array.from(table);
  const across = taps(interpolation, plane.width, size.width);
  const down = taps(interpolation, plane.height, size.height);
  const out = bytes ? new Uint8Array(size.width * size.height) : new Float32Array(size.width * size.height);
  if (interpolation === 'bicubic') rowsFirst(plane, levels, across, down, out, bytes);
  else columnsFirst(plane, levels, across, down, out, bytes ? roundingOf(plane, size, interpolation) : unrounded);
  return out;
}

function isBilinear(
  plane: Plane,
  size: { readonly width: number; readonly height: number },
  interpolation: Interpolation,
): boolean {
  return (
    interpolation === 'bilinear' ||
    (interpolation === 'area' && size.width >= plane.width && size.height >= plane.height)
  );
}

/** (x + magic) − magic + half, then what a typed array makes of it. */
interface Rounding {
  readonly magic: number;
  readonly half: number;
}

const unrounded: Rounding = { magic: 0, half: 0 };
/** A byte array truncates, so x + ½ rounds to nearest, ties up. */
const tiesUp: Rounding = { magic: 0, half: 0.5 };
/** 2⁵² leaves a double no bits behind the point: the addition itself rounds to nearest, ties to even (as `cvRound`). */
const tiesToEven: Rounding = { magic: 2 ** 52, half: 0 };

/** OpenCV rounds means to even but for blocks of 2 × 2, which it adds up in whole numbers. Exact means have many ties: one level in 25 from 512 to 320. */
function roundingOf(
  plane: Plane,
  size: { readonly width: number; readonly height: number },
  interpolation: Interpolation,
): Rounding {
  const halved = plane.width === 2 * size.width && plane.height === 2 * size.height;
  return interpolation === 'area' && !halved ? tiesToEven : tiesUp;
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
      return packed(from, to, (i) => (to < from ? areaTap(i, from, to) : linearTap((i + 0.5) * scale - 0.5, from)));
    case 'bilinear':
      return packed(from, to, (i) => linearTap((i + 0.5) * scale - 0.5, from));
    case 'bilinear-corner':
      return packed(from, to, (i) => linearTap(to === 1 ? 0 : (i * (from - 1)) / (to - 1), from));
    case 'bicubic':
      return packed(from, to, (i) => cubicTap((i + 0.5) * scale, Math.max(1, scale), from));
  }
}

/** Whole numbers, in units of 1/to source samples, keep exact weights exact; as floats (single precision), since OpenCV has them so. */
function areaTap(i: number, from: number, to: number): Tap {
  const [left, right] = [i * from, (i + 1) * from];
  const first = Math.floor(left / to);
  const weights = Array.from({ length: Math.ceil(right / to) - first }, (_, j) =>
    Math.fround((Math.min((first + j + 1) * to, right) - Math.max((first + j) * to, left)) / from),
  );
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

function columnsFirst(
  { width, pixels }: Plane,
  levels: Float64Array,
  across: Taps,
  down: Taps,
  out: LevelTable,
  rounding: Rounding,
): void {
  const row = new Float64Array(width);
  for (let y = 0; y < down.size; y++) {
    blendRows(
      pixels,
      levels,
      down.start[y]! * width,
      width,
      down.weights.subarray(y * down.count, (y + 1) * down.count),
      row,
    );
    blendColumns(row, across, out, y * across.size, rounding);
  }
}

/** Rows of a plane, from `first` on, by their weights. */
function blendRows(
  pixels: Plane['pixels'],
  levels: Float64Array,
  first: number,
  width: number,
  weights: Float64Array,
  sums: Float64Array,
): void {
  if (weights.length === 4) {
    const [a, b, c, d] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!];
    for (let x = 0, i = first; x < width; x++, i++) {
      sums[x] =
        levels[pixels[i]!]! * a +
        levels[pixels[i + width]!]! * b +
        levels[pixels[i + 2 * width]!]! * c +
        levels[pixels[i + 3 * width]!]! * d;
    }
    return;
  }
  sums.fill(0);
  for (let j = 0; j < weights.length; j++) {
    const weight = weights[j]!;
    for (let x = 0, i = first + j * width; x < width; x++, i++) sums[x]! += levels[pixels[i]!]! * weight;
  }
}

/** One output row. These weights never overshoot: nothing is to be clamped. */
function blendColumns(
  row: Float64Array,
  across: Taps,
  out: LevelTable,
  first: number,
  { magic, half }: Rounding,
): void {
  const { size, count, start, weights } = across;
  if (count !== 4) {
    for (let x = 0; x < size; x++) out[first + x] = blended(row, across, x) + magic - magic + half;
    return;
  }
  for (let x = 0, w = 0; x < size; x++, w += 4) {
    const i = start[x]!;
    const sum =
      row[i]! * weights[w]! +
      row[i + 1]! * weights[w + 1]! +
      row[i + 2]! * weights[w + 2]! +
      row[i + 3]! * weights[w + 3]!;
    out[first + x] = sum + magic - magic + half;
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
function rowsFirst(
  { width, height, pixels }: Plane,
  levels: Float64Array,
  across: Taps,
  down: Taps,
  out: LevelTable,
  bytes: boolean,
): void {
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

/** Bits behind the point of a bilinear weight in OpenCV (INTER_RESIZE_COEF_BITS). */
const weightBits = 11;

/** Source samples of every output sample and their weights in 1/2¹¹. */
interface FixedTaps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly lowWeight: Int32Array;
  readonly highWeight: Int32Array;
}

function fixedTaps(from: number, to: number): FixedTaps {
  const made = {
    low: new Int32Array(to),
    high: new Int32Array(to),
    lowWeight: new Int32Array(to),
    highWeight: new Int32Array(to),
  };
  const scale = from / to;
  const weight = (part: number): number => Math.fround(part) * 2 ** weightBits + tiesToEven.magic - tiesToEven.magic;
  for (let i = 0; i < to; i++) {
    const source = Math.fround((i + 0.5) * scale - 0.5);
    const first = Math.floor(source);
    made.low[i] = Math.min(from - 1, Math.max(0, first));
    made.high[i] = Math.min(from - 1, Math.max(0, first + 1));
    made.lowWeight[i] = weight(1 - Math.fround(source - first));
    made.highWeight[i] = weight(source - first);
  }
  return made;
}

/**
 * Half-pixel bilinear of bytes in the fixed-point arithmetic of OpenCV (HResizeLinear and VResizeLinear of
 * modules/imgproc/src/resize.cpp): of two products, each without its last bits, one level in eight comes out one lower
 * than the exact blend.
 */
function bilinearBytes(
  { width, height, pixels }: Plane,
  table: Uint8Array,
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const across = fixedTaps(width, size.width);
  const down = fixedTaps(height, size.height);
  const out = new Uint8Array(size.width * size.height);
  /** Blended rows without their last four bits, by the source row that each holds; an output row needs two. */
  const held = [-1, -1];
  const rows = [new Int32Array(size.width), new Int32Array(size.width)];
  const rowOf = (y: number): Int32Array => {
    const row = rows[y & 1]!;
    if (held[y & 1] === y) return row;
    held[y & 1] = y;
    for (let x = 0, first = y * width; x < row.length; x++) {
      row[x] =
        (table[pixels[first + across.low[x]!]!]! * across.lowWeight[x]! +
          table[pixels[first + across.high[x]!]!]! * across.highWeight[x]!) >>
        4;
    }
    return row;
  };
  for (let y = 0; y < size.height; y++) {
    const [low, high, a, b] = [rowOf(down.low[y]!), rowOf(down.high[y]!), down.lowWeight[y]!, down.highWeight[y]!];
    for (let x = 0, o = y * size.width; x < size.width; x++) {
      out[o + x] = (((a * low[x]!) >> 16) + ((b * high[x]!) >> 16) + 2) >> 2;
    }
  }
  return out;
}
