/** A grey picture. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  /** Rows from the top. */
  readonly levels: Uint8Array | Uint16Array | Float32Array;
}

/** A square grey picture. */
export interface Thumbnail {
  readonly side: number;
  readonly levels: Float32Array;
}

/** A part of a picture in whole pixels. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Averages of equal cells of a part of a picture; its shape is not kept. */
export function thumbnailOf({ width, height, levels }: GreyPicture, side: number, part: Part): Thumbnail {
  const thumbnail = new Float32Array(side * side);
  const columns = cells(part.x, part.width, side, width);
  const rows = cells(part.y, part.height, side, height);
  rows.forEach(([top, bottom], row) => {
    columns.forEach(([left, right], column) => {
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += levels[y * width + x] ?? 0;
      thumbnail[row * side + column] = sum / ((bottom - top) * (right - left));
    });
  });
  return { side, levels: thumbnail };
}

/** First pixel and the one after the last of each cell; at least one pixel, even if cells are finer than pixels. */
function cells(start: number, length: number, side: number, whole: number): [number, number][] {
  return Array.from({ length: side }, (_, i) => {
    const first = Math.min(whole - 1, Math.round(start + (i * length) / side));
    return [first, Math.max(first + 1, Math.min(whole, Math.round(start + ((i + 1) * length) / side)))];
  });
}

/**
 * The picture without margins of one tone, as scanners and slides leave them; at most a quarter is cut from each side.
 */
export function contentOf({ width, height, levels }: GreyPicture): Part {
  const sorted = Float32Array.from(levels).sort();
  const range =
    (sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0) - (sorted[Math.floor(0.01 * (sorted.length - 1))] ?? 0);
  const isFlat = (length: number, at: (i: number) => number | undefined) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < length; i++) {
      const level = at(i) ?? 0;
      low = Math.min(low, level);
      high = Math.max(high, level);
    }
    return high - low < 0.06 * range;
  };
  const flatRow = (y: number) => isFlat(width, (x) => levels[y * width + x]);
  const flatColumn = (x: number) => isFlat(height, (y) => levels[y * width + x]);
  const [top, bottom] = margins(height, flatRow);
  const [left, right] = margins(width, flatColumn);
  return { x: left, y: top, width: width - left - right, height: height - top - bottom };
}

function margins(length: number, isFlat: (i: number) => boolean): [number, number] {
  const most = Math.floor(length / 4);
  let [first, last] = [0, 0];
  while (first < most && isFlat(first)) first++;
  while (last < most && isFlat(length - 1 - last)) last++;
  return [first, last];
}

/** Each level becomes its rank among all, 0 to 1, so any monotonic tone curve gives the same result. */
export function equalised({ side, levels }: Thumbnail): Thumbnail {
  const order = Uint32Array.from(levels.keys()).sort((a, b) => (levels[a] ?? 0) - (levels[b] ?? 0));
  const ranks = new Float32Array(levels.length);
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && levels[order[end] ?? 0] === levels[order[i] ?? 0]) end++;
    for (let k = i; k < end; k++) ranks[order[k] ?? 0] = (i + end - 1) / 2 / levels.length;
    i = end;
  }
  return { side, levels: ranks };
}

/**
 * Detail between two scales (difference of two Gaussian blurs, in pixels): without grain and without the shape that all
 * chests share.
 */
export function bandOf({ side, levels }: Thumbnail, fine: number, coarse: number): Thumbnail {
  const sharp = fine === 0 ? levels : blurred(levels, side, fine);
  const soft = blurred(levels, side, coarse);
  return { side, levels: sharp.map((level, i) => level - (soft[i] ?? 0)) };
}

function blurred(levels: Float32Array, side: number, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const whole = kernel.reduce((a, b) => a + b, 0);
  const pass = (from: Float32Array, step: number, across: number) => {
    const to = new Float32Array(side * side);
    for (let line = 0; line < side; line++) {
      for (let i = 0; i < side; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++)
          sum += (kernel[k + reach] ?? 0) * (from[line * across + Math.min(side - 1, Math.max(0, i + k)) * step] ?? 0);
        to[line * across + i * step] = sum / whole;
      }
    }
    return to;
  };
  return pass(pass(levels, 1, side), side, 1);
}
