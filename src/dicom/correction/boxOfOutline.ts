import type { ReportedBox } from '../../report/index.js';
import type { SavedGroup } from './savedReport.js';

type Box = ReportedBox['box'];

/** Corners of a rectangle in 32 bits, after a viewer's way to millimetres and back. */
const tolerance = 0.05;

/** The box of a closed or open outline of four corners; undefined if it is not an upright rectangle with a size. */
export function boxOfOutline(graphic: SavedGroup['graphic']): Box | undefined {
  if (graphic?.type !== 'POLYLINE') return undefined;
  const { points } = graphic;
  if ((points.length !== 8 && points.length !== 10) || !points.every(Number.isFinite)) return undefined;
  const columns = points.filter((_, i) => i % 2 === 0);
  const rows = points.filter((_, i) => i % 2 === 1);
  const [left, right, top, bottom] = [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
  const corners = new Set(
    columns.map((column, i) => {
      const row = rows[i] ?? NaN;
      return `${sideOf(column, left, right)} ${sideOf(row, top, bottom)}`;
    }),
  );
  const all = ['0 0', '1 0', '0 1', '1 1'].every((corner) => corners.has(corner));
  return all && corners.size === 4 ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

function sideOf(value: number, low: number, high: number): number {
  if (high - low <= tolerance) return NaN;
  return value - low <= tolerance ? 0 : high - value <= tolerance ? 1 : NaN;
}

/** Whether nobody moved it. */
export function isSameBox(a: Box, b: Box): boolean {
  return [
    [a.x, b.x],
    [a.y, b.y],
    [a.x + a.width, b.x + b.width],
    [a.y + a.height, b.y + b.height],
  ].every(([one = NaN, other = NaN]) => Math.abs(one - other) <= tolerance);
}

/** Inside the film, to hundredths of a pixel as reports have them; undefined if nothing is left of it. */
export function onFilm({ x, y, width, height }: Box, film: { width: number; height: number }): Box | undefined {
  const [left, right] = [x, x + width].map((column) => hundredths(Math.min(Math.max(column, 0), film.width)));
  const [top, bottom] = [y, y + height].map((row) => hundredths(Math.min(Math.max(row, 0), film.height)));
  if (left === undefined || right === undefined || top === undefined || bottom === undefined) return undefined;
  const box = { x: left, y: top, width: hundredths(right - left), height: hundredths(bottom - top) };
  return box.width > 0 && box.height > 0 ? box : undefined;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
