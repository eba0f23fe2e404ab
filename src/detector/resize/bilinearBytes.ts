import type { Plane, Size } from './plane.js';
import { tiesToEven } from './rounding.js';

/** Fractional bits of a bilinear weight in OpenCV (INTER_RESIZE_COEF_BITS). */
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
 * modules/imgproc/src/resize.cpp): since both products are truncated, one level in eight comes out one lower than
 * the exact blend.
 */
export function bilinearBytes({ width, height, pixels }: Plane, table: Uint8Array, size: Size): Uint8Array {
  const across = fixedTaps(width, size.width);
  const down = fixedTaps(height, size.height);
  const out = new Uint8Array(size.width * size.height);
  /** Blended rows without their last four bits; `held` names the source row of each. An output row needs two. */
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
