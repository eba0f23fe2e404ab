import type { View } from '../pane/view.js';
import { type FilmPixels, type Plane, reduced, sizeFor } from './levels.js';

/** Device pixels of one pane, RGBA in the order of ImageData seen as little-endian words. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array;
}

/** Weights of the linear interpolation, as bits: with 7, 16-bit values stay inside 31 bits. */
const weightBits = 7;
const weightOne = 1 << weightBits;
const half = 1 << (2 * weightBits - 1);

/**
 * Paints what a pane shows of a film: linear interpolation in film values first, then the grey table, so
 * that a window narrower than 256 values still gets all its greys. Only visible pixels are touched.
 *
 * @param table screen grey of each film value
 * @param view in CSS px; `pixelRatio` device px each
 * @param background little-endian RGBA word for what lies outside the film
 */
export function paint(
  raster: Raster,
  pixels: FilmPixels,
  table: Uint8Array,
  view: View,
  pixelRatio: number,
  background: number,
): void {
  const { plane, halvings } = sizeFor(pixels, view.scale * pixelRatio);
  const shrunk = 2 ** halvings;
  const columns = axis(
    raster.width,
    view.x * pixelRatio,
    view.scale * pixelRatio * shrunk * reduced(pixels, 'width'),
    plane.width,
    filmEdge(pixels, 'width', shrunk),
  );
  const rows = axis(
    raster.height,
    view.y * pixelRatio,
    view.scale * pixelRatio * shrunk * reduced(pixels, 'height'),
    plane.height,
    filmEdge(pixels, 'height', shrunk),
  );
  raster.words.fill(background);
  if (plane.planes.length === 3) paintColour(raster, plane, table, columns, rows);
  else paintGrey(raster, plane, table, columns, rows);
}

/** Where each device pixel along one axis takes its values: at `index` and `index + next`, the latter with `weight`. */
interface Axis {
  readonly from: number;
  readonly to: number;
  readonly index: Int32Array;
  readonly next: Uint8Array;
  readonly weight: Uint8Array;
}

/** The film's edge in pixels of a halved size: an odd film ends inside its last pixel. */
function filmEdge(pixels: FilmPixels, side: 'width' | 'height', shrunk: number): number {
  return (pixels.sizes[0]?.[side] ?? 0) / shrunk;
}

function axis(device: number, offset: number, scale: number, length: number, edge: number): Axis {
  // A device pixel belongs to the film when its centre does.
  const from = Math.min(Math.max(Math.ceil(offset - 0.5), 0), device);
  const to = Math.max(Math.min(Math.ceil(offset + edge * scale - 0.5), device), from);
  const index = new Int32Array(device);
  const next = new Uint8Array(device);
  const weight = new Uint8Array(device);
  for (let i = from; i < to; i++) {
    const position = Math.min(Math.max((i + 0.5 - offset) / scale - 0.5, 0), length - 1);
    const floor = Math.floor(position);
    index[i] = floor;
    next[i] = floor + 1 < length ? 1 : 0;
    weight[i] = Math.round((position - floor) * weightOne);
  }
  return { from, to, index, next, weight };
}

function paintGrey(raster: Raster, { width, planes }: Plane, table: Uint8Array, columns: Axis, rows: Axis): void {
  const plane = planes[0]!;
  const { words } = raster;
  const opaque = greyWords(table);
  for (let y = rows.from; y < rows.to; y++) {
    const upper = rows.index[y]! * width;
    const lower = upper + rows.next[y]! * width;
    const wy = rows.weight[y]!;
    const vy = weightOne - wy;
    const out = y * raster.width;
    for (let x = columns.from; x < columns.to; x++) {
      const left = columns.index[x]!;
      const right = left + columns.next[x]!;
      const wx = columns.weight[x]!;
      const vx = weightOne - wx;
      const value =
        ((plane[upper + left]! * vx + plane[upper + right]! * wx) * vy +
          (plane[lower + left]! * vx + plane[lower + right]! * wx) * wy +
          half) >>
        (2 * weightBits);
      words[out + x] = opaque[value]!;
    }
  }
}

function paintColour(raster: Raster, { width, planes }: Plane, table: Uint8Array, columns: Axis, rows: Axis): void {
  const bytes = new Uint8Array(raster.words.buffer, raster.words.byteOffset, raster.words.byteLength);
  for (let channel = 0; channel < 3; channel++) {
    const plane = planes[channel]!;
    for (let y = rows.from; y < rows.to; y++) {
      const upper = rows.index[y]! * width;
      const lower = upper + rows.next[y]! * width;
      const wy = rows.weight[y]!;
      const vy = weightOne - wy;
      for (let x = columns.from; x < columns.to; x++) {
        const left = columns.index[x]!;
        const right = left + columns.next[x]!;
        const wx = columns.weight[x]!;
        const vx = weightOne - wx;
        const value =
          ((plane[upper + left]! * vx + plane[upper + right]! * wx) * vy +
            (plane[lower + left]! * vx + plane[lower + right]! * wx) * wy +
            half) >>
          (2 * weightBits);
        const o = 4 * (y * raster.width + x);
        bytes[o + channel] = table[value]!;
        bytes[o + 3] = 255;
      }
    }
  }
}

/** The grey table as whole RGBA words. */
function greyWords(table: Uint8Array): Uint32Array {
  const words = new Uint32Array(table.length);
  for (let value = 0; value < table.length; value++) words[value] = 0xff000000 | (table[value]! * 0x010101);
  return words;
}
