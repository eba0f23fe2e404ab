import type { LevelTable, Plane } from './plane.js';
import type { Rounding } from './rounding.js';
import type { Taps } from './taps.js';
import type { BlendRows } from './wholeRows.js';

/** Blends each output row from source rows with `blendRows`, then blends its columns. */
export function columnsFirst(
  width: number,
  blendRows: BlendRows,
  across: Taps,
  down: Taps,
  out: LevelTable,
  rounding: Rounding,
): void {
  const row = new Float64Array(width);
  for (let y = 0; y < down.size; y++) {
    blendRows(y, row);
    blendColumns(row, across, out, y * across.size, rounding);
  }
}

/** Blends rows of any levels with any weights. */
export function weighedRows({ width, pixels }: Plane, levels: Float64Array, down: Taps): BlendRows {
  return (y, sums) => {
    const weights = down.weights.subarray(y * down.count, (y + 1) * down.count);
    blendRows(pixels, levels, down.start[y]! * width, width, weights, sums);
  };
}

/** Weighted sum of rows of a plane, starting at `first`. */
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

/** One output row. These weights never overshoot, so nothing needs clamping. */
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

/** Pillow's order: byte levels are rounded after each pass, so the order of the passes matters. */
export function rowsFirst(
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
