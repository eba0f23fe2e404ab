import type { GateFilm } from './gate.js';

/** Cells along the longer side of a film. */
export const side = 64;

/** Pixels sampled in each cell, across and down: enough for its mean, at a cost that does not grow with the film. */
const samples = 4;

/** A film divided into square cells, with the means of their values. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
  /** Rec. 601 luma, in stored values, rows from the top. */
  readonly grey: Float64Array;
  /** Red, green and blue; undefined for a grey film. */
  readonly rgb: readonly [Float64Array, Float64Array, Float64Array] | undefined;
}

/** A film of any size → cells, 64 along its longer side. training/gate/thumbnail.py computes the same. */
export function cellsOf(film: GateFilm): Cells {
  const { width, height, channels } = film;
  const longer = Math.max(width, height);
  const columns = Math.max(1, Math.floor((width * side) / longer + 0.5));
  const rows = Math.max(1, Math.floor((height * side) / longer + 0.5));
  const at = { x: sampled(width, columns), y: sampled(height, rows) };
  if (channels === 1) return { columns, rows, grey: means(film, at, 0), rgb: undefined };
  const rgb = [means(film, at, 0), means(film, at, 1), means(film, at, 2)] as const;
  const [red, green, blue] = rgb;
  return { columns, rows, grey: red.map((value, i) => 0.299 * value + 0.587 * green[i]! + 0.114 * blue[i]!), rgb };
}

/** The middles of `samples` equal parts of each cell, in pixels. */
function sampled(length: number, cells: number): Int32Array {
  const parts = cells * samples;
  return Int32Array.from({ length: parts }, (_, i) => Math.floor(((i + 0.5) * length) / parts));
}

function means(
  { width, channels, pixels }: GateFilm,
  at: { readonly x: Int32Array; readonly y: Int32Array },
  channel: number,
): Float64Array {
  const columns = at.x.length / samples;
  const sums = new Float64Array(columns * (at.y.length / samples));
  at.y.forEach((y, j) => {
    const row = Math.floor(j / samples) * columns;
    for (let i = 0; i < at.x.length; i++)
      sums[row + Math.floor(i / samples)]! += pixels[(y * width + at.x[i]!) * channels + channel]!;
  });
  return sums.map((sum) => sum / (samples * samples));
}
