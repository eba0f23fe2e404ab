import { type Cells, side } from './cells.js';

/** A film as the gate's network sees it: 64 × 64 levels in 0…1, rows from the top, the film centred on black. */
export type Thumbnail = Float32Array;

/** Quarter turns, clockwise. */
export type Turn = 0 | 1 | 2 | 3;

/**
 * Cells stretched from their 1st to their 99th percentile (nearest rank), on black; undefined if there is nothing
 * to stretch because all cells are alike. `inverted` swaps dark and bright.
 */
export function thumbnailOf(cells: Cells, options: { readonly inverted: boolean }): Thumbnail | undefined {
  const { columns, rows, grey } = cells;
  const ordered = grey.toSorted();
  const low = rank(ordered, 1);
  const high = rank(ordered, 99);
  if (high <= low) return undefined;
  const thumbnail = new Float32Array(side * side);
  const top = Math.floor((side - rows) / 2);
  const left = Math.floor((side - columns) / 2);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const level = (Math.min(high, Math.max(low, grey[y * columns + x]!)) - low) / (high - low);
      thumbnail[(top + y) * side + left + x] = options.inverted ? 1 - level : level;
    }
  }
  return thumbnail;
}

/** The thumbnail turned clockwise. */
export function turned(thumbnail: Thumbnail, turn: Turn): Thumbnail {
  const last = side - 1;
  const source = [
    (x: number, y: number) => y * side + x,
    (x: number, y: number) => (last - x) * side + y,
    (x: number, y: number) => (last - y) * side + last - x,
    (x: number, y: number) => x * side + last - y,
  ][turn];
  if (source === undefined) throw new Error(`${turn} is no quarter turn`);
  return thumbnail.map((_, i) => thumbnail[source(i % side, Math.floor(i / side))]!);
}

function rank(ordered: Float64Array, percent: number): number {
  return ordered[Math.max(1, Math.ceil((percent * ordered.length) / 100)) - 1]!;
}
