import type { FitSpec } from './spec.js';

export type Interpolation = FitSpec['interpolation'];

/** One plane of pixels, rows from the top: bytes 0…255, or floats 0…1. */
export interface Plane<Pixels extends Uint8Array | Float32Array = Uint8Array | Float32Array> {
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
}

/**
 * Resizes one plane. Bytes stay bytes: rounded to nearest at the end, and for `bicubic` between the two
 * passes too, as Pillow does.
 *
 * - `area`: mean of the covered area when shrinking (OpenCV INTER_AREA), half-pixel bilinear when enlarging;
 * - `bilinear`: half-pixel centres, no antialiasing (OpenCV INTER_LINEAR);
 * - `bilinear-corner`: corners on corners, src = dst · (S − 1) / (D − 1) (darknet `resize_image`);
 * - `bicubic`: Catmull-Rom (a = −0.5), widened when shrinking (Pillow BICUBIC).
 */
export function resize<Pixels extends Uint8Array | Float32Array>(
  plane: Plane<Pixels>,
  size: { readonly width: number; readonly height: number },
  interpolation: Interpolation,
): Plane<Pixels> {
  const across = taps(interpolation, plane.width, size.width);
  const down = taps(interpolation, plane.height, size.height);
  const bytes = plane.pixels instanceof Uint8Array;
  const rows = resizeRows(plane, across, rowsInUse(down, plane.height), bytes && interpolation === 'bicubic');
  const pixels = resizeColumns(rows, size.width, down, bytes);
  return { ...size, pixels: pixels as Pixels };
}

/** For every output sample: where its source samples start, how many they are, and their weights (sum 1). */
interface Taps {
  readonly size: number;
  readonly start: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each output sample, of which `count` are used. */
  readonly weights: Float64Array;
  readonly stride: number;
}

function taps(interpolation: Interpolation, from: number, to: number): Taps {
  switch (interpolation) {
    case 'area':
      return to < from ? areaTaps(from, to) : linearTaps(from, to, (i) => ((i + 0.5) * from) / to - 0.5);
    case 'bilinear':
      return linearTaps(from, to, (i) => ((i + 0.5) * from) / to - 0.5);
    case 'bilinear-corner':
      return linearTaps(from, to, (i) => (to === 1 ? 0 : (i * (from - 1)) / (to - 1)));
    case 'bicubic':
      return cubicTaps(from, to);
  }
}

function emptyTaps(size: number, stride: number): Taps {
  return { size, start: new Int32Array(size), count: new Int32Array(size), weights: new Float64Array(size * stride), stride };
}

function areaTaps(from: number, to: number): Taps {
  const scale = from / to;
  const made = emptyTaps(to, Math.ceil(scale) + 1);
  for (let i = 0; i < to; i++) {
    const left = i * scale;
    const right = Math.min(from, left + scale);
    const first = Math.floor(left);
    const last = Math.min(from, Math.ceil(right));
    made.start[i] = first;
    made.count[i] = last - first;
    for (let j = first; j < last; j++) {
      made.weights[i * made.stride + j - first] = (Math.min(j + 1, right) - Math.max(j, left)) / scale;
    }
  }
  return made;
}

function linearTaps(from: number, to: number, sourceOf: (i: number) => number): Taps {
  const made = emptyTaps(to, 2);
  for (let i = 0; i < to; i++) {
    const source = Math.min(from - 1, Math.max(0, sourceOf(i)));
    const first = Math.min(Math.floor(source), Math.max(0, from - 2));
    made.start[i] = first;
    made.count[i] = Math.min(2, from);
    made.weights[i * 2] = 1 - (source - first);
    made.weights[i * 2 + 1] = source - first;
  }
  return made;
}

function cubicTaps(from: number, to: number): Taps {
  const scale = from / to;
  const widening = Math.max(1, scale);
  const support = 2 * widening;
  const made = emptyTaps(to, Math.ceil(support) * 2 + 1);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(from, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let j = first; j < last; j++) {
      const weight = catmullRom((j - centre + 0.5) / widening);
      made.weights[i * made.stride + j - first] = weight;
      sum += weight;
    }
    for (let j = first; j < last; j++) made.weights[i * made.stride + j - first]! /= sum;
    made.start[i] = first;
    made.count[i] = last - first;
  }
  return made;
}

/** Keys' cubic with a = −0.5. */
function catmullRom(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/** Which source rows any output row needs: a bilinear reduction reads few of them. */
function rowsInUse(down: Taps, height: number): Uint8Array {
  const used = new Uint8Array(height);
  for (let i = 0; i < down.size; i++) used.fill(1, down.start[i], down.start[i]! + down.count[i]!);
  return used;
}

/**
 * Up to four taps as exactly four, the missing ones with weight 0, so that the loop over them can be written out: two
 * thirds of its time, and the very same sums. Undefined where there are more of them.
 */
function asFourTaps(taps: Taps, from: number): Taps | undefined {
  if (taps.stride > 4 || from < 4) return undefined;
  const made = emptyTaps(taps.size, 4);
  for (let i = 0; i < taps.size; i++) {
    const start = Math.min(taps.start[i]!, from - 4);
    const weights = taps.weights.subarray(i * taps.stride, i * taps.stride + taps.count[i]!);
    made.start[i] = start;
    made.count[i] = 4;
    made.weights.set(weights, i * 4 + taps.start[i]! - start);
  }
  return made;
}

function resizeRows(plane: Plane, across: Taps, used: Uint8Array, rounded: boolean): Float32Array {
  const { width, height, pixels } = plane;
  const rows = new Float32Array(across.size * height);
  const four = asFourTaps(across, width);
  const { size, start, count, weights, stride } = four ?? across;
  for (let y = 0; y < height; y++) {
    if (used[y] === 0) continue;
    const row = y * width;
    if (four !== undefined) {
      for (let x = 0; x < size; x++) {
        const i = row + start[x]!;
        const w = x * 4;
        const sum = pixels[i]! * weights[w]! + pixels[i + 1]! * weights[w + 1]! + pixels[i + 2]! * weights[w + 2]! + pixels[i + 3]! * weights[w + 3]!;
        rows[y * size + x] = rounded ? toByte(sum) : sum;
      }
      continue;
    }
    for (let x = 0; x < size; x++) {
      const first = row + start[x]!;
      const n = count[x]!;
      const w = x * stride;
      let sum = 0;
      for (let j = 0; j < n; j++) sum += pixels[first + j]! * weights[w + j]!;
      rows[y * size + x] = rounded ? toByte(sum) : sum;
    }
  }
  return rows;
}

function resizeColumns(rows: Float32Array, width: number, down: Taps, bytes: boolean): Uint8Array | Float32Array {
  const four = asFourTaps(down, rows.length / width);
  const { size, start, count, weights, stride } = four ?? down;
  const pixels = bytes ? new Uint8Array(width * size) : new Float32Array(width * size);
  const sums = new Float64Array(width);
  for (let y = 0; y < size; y++) {
    const first = start[y]! * width;
    const w = y * stride;
    if (four !== undefined) {
      const [a, b, c, d] = [weights[w]!, weights[w + 1]!, weights[w + 2]!, weights[w + 3]!];
      for (let x = 0, i = first; x < width; x++, i++) {
        sums[x] = rows[i]! * a + rows[i + width]! * b + rows[i + 2 * width]! * c + rows[i + 3 * width]! * d;
      }
    } else {
      sums.fill(0);
      for (let j = 0; j < count[y]!; j++) {
        const weight = weights[w + j]!;
        const row = first + j * width;
        for (let x = 0; x < width; x++) sums[x]! += rows[row + x]! * weight;
      }
    }
    const out = y * width;
    if (bytes) for (let x = 0; x < width; x++) pixels[out + x] = toByte(sums[x]!);
    else for (let x = 0; x < width; x++) pixels[out + x] = sums[x]!;
  }
  return pixels;
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
}
