import type { Plane } from './plane.js';
import type { Taps } from './taps.js';

/** Rows of levels, blended by the weights of output row `y` into `sums`. */
export type BlendRows = (y: number, sums: Float64Array) => void;

/**
 * Blends rows of byte levels for an area mean over more than four of them. All but the outermost count fully, with the
 * same weight: their levels are summed as integers and weighted once. A sum of bytes times single-precision weights of
 * at least 1/from needs fewer than 53 bits, so it is exact, and the order of the additions doesn't matter.
 */
export function wholeRows({ width, pixels }: Plane, table: Uint8Array, down: Taps): BlendRows {
  const added = new Int32Array(width);
  return (y, sums) => {
    const weights = down.weights.subarray(y * down.count, (y + 1) * down.count);
    const whole = weights.reduce((a, b) => Math.max(a, b));
    const from = weights.indexOf(whole);
    const to = weights.lastIndexOf(whole) + 1;
    const first = down.start[y]! * width;
    addRows(pixels, table, first + from * width, to - from, added);
    // If there is no such row, another one gets weight 0.
    const before = Math.max(0, from - 1);
    const after = Math.min(weights.length - 1, to);
    const [a, b] = [before === from ? 0 : weights[before]!, after < to ? 0 : weights[after]!];
    for (let x = 0, i = first + before * width, j = first + after * width; x < width; x++, i++, j++)
      sums[x] = added[x]! * whole + table[pixels[i]!]! * a + table[pixels[j]!]! * b;
  };
}

/** Sums the levels of `rows` rows: first the remainder modulo four, then four at a time. */
function addRows(pixels: Plane['pixels'], table: Uint8Array, first: number, rows: number, added: Int32Array): void {
  const width = added.length;
  const odd = rows % 4;
  if (odd === 0) added.fill(0);
  else if (odd === 1) for (let x = 0, i = first; x < width; x++, i++) added[x] = table[pixels[i]!]!;
  else if (odd === 2)
    for (let x = 0, i = first; x < width; x++, i++) added[x] = table[pixels[i]!]! + table[pixels[i + width]!]!;
  else
    for (let x = 0, i = first; x < width; x++, i++)
      added[x] = table[pixels[i]!]! + table[pixels[i + width]!]! + table[pixels[i + 2 * width]!]!;
  for (let row = odd; row < rows; row += 4) {
    for (let x = 0, i = first + row * width; x < width; x++, i++)
      added[x]! +=
        table[pixels[i]!]! +
        table[pixels[i + width]!]! +
        table[pixels[i + 2 * width]!]! +
        table[pixels[i + 3 * width]!]!;
  }
}
