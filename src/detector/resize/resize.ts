import { bilinearBytes } from './bilinearBytes.js';
import { columnsFirst, rowsFirst, weighedRows } from './passes.js';
import type { LevelTable, Plane, Size } from './plane.js';
import { type Rounding, tiesToEven, tiesUp, unrounded } from './rounding.js';
import { type Interpolation, taps } from './taps.js';
import { wholeRows } from './wholeRows.js';

/**
 * Resizes the levels of one plane, `table[pixel]`: looking them up on the way is cheaper than a separate pass.
 * Byte levels give bytes, equal to those of the library that the network was trained with, rounding included.
 *
 * - `area`: mean of the covered area when shrinking (OpenCV INTER_AREA), half-pixel bilinear when enlarging;
 * - `bilinear`: half-pixel centres, no antialiasing (OpenCV INTER_LINEAR);
 * - `bilinear-corner`: corners on corners, src = dst · (S − 1) / (D − 1) (darknet `resize_image`);
 * - `bicubic`: Catmull-Rom (a = −0.5), widened when shrinking (Pillow BICUBIC).
 *
 * @example
 * const levels = Uint8Array.from({ length: 256 }, (_, value) => value); // each byte is its own level
 * const plane = { width: 2, height: 2, pixels: Uint8Array.of(0, 100, 100, 200) };
 * [...resize(plane, levels, { width: 1, height: 1 }, 'area')]; // [100]
 */
export function resize<Levels extends LevelTable>(
  plane: Plane,
  table: Levels,
  size: Size,
  interpolation: Interpolation,
): Levels;
export function resize(plane: Plane, table: LevelTable, size: Size, interpolation: Interpolation): LevelTable {
  const bytes = table instanceof Uint8Array;
  if (bytes && isBilinear(plane, size, interpolation)) return bilinearBytes(plane, table, size);
  const across = taps(interpolation, plane.width, size.width);
  const down = taps(interpolation, plane.height, size.height);
  const out = bytes ? new Uint8Array(size.width * size.height) : new Float32Array(size.width * size.height);
  if (interpolation === 'bicubic') rowsFirst(plane, Float64Array.from(table), across, down, out, bytes);
  else {
    const rounding = bytes ? roundingOf(plane, size, interpolation) : unrounded;
    // Up to four rows, the unrolled loop is faster.
    const isMeanOfMany = interpolation === 'area' && down.count > 4;
    const blendRows =
      bytes && isMeanOfMany ? wholeRows(plane, table, down) : weighedRows(plane, Float64Array.from(table), down);
    columnsFirst(plane.width, blendRows, across, down, out, rounding);
  }
  return out;
}

function isBilinear(plane: Plane, size: Size, interpolation: Interpolation): boolean {
  return (
    interpolation === 'bilinear' ||
    (interpolation === 'area' && size.width >= plane.width && size.height >= plane.height)
  );
}

/**
 * OpenCV rounds means half to even, except for blocks of 2 × 2, which it sums as integers. Exact means have many ties:
 * one level in 25 when shrinking from 512 to 320.
 */
function roundingOf(plane: Plane, size: Size, interpolation: Interpolation): Rounding {
  const halved = plane.width === 2 * size.width && plane.height === 2 * size.height;
  return interpolation === 'area' && !halved ? tiesToEven : tiesUp;
}
