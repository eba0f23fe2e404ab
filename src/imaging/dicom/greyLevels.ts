import type { Attributes } from './attributes.js';
import type { PixelLayout } from './pixelLayout.js';
import { modalityTransform } from './modality.js';
import { tags } from './tags.js';
import { type Voi, voiOf } from './voi.js';

/** Where the levels for black and white came from. */
export type WindowSource = 'voi' | 'voi-lut' | 'percentile' | 'none';

export interface GreyPixels {
  /** 0 is black; up to 255 or 65,535, depending on the type. */
  readonly pixels: Uint8Array | Uint16Array;
  readonly windowSource: WindowSource;
  readonly inverted: boolean;
}

/** For a film without a window of its own. A model's window then finds the same two levels again. */
const percentiles = [1, 99] as const;

/**
 * Stored samples → grey levels as they should be displayed (P-values), in the order of PS3.4, figure N.2-1: mask to the
 * bits stored, sign, modality LUT or rescale, VOI LUT or window, presentation LUT shape, and finally MONOCHROME1
 * inverted, once. Every step depends only on the stored value, so all of it is one table.
 */
export function greyLevels(stored: Uint8Array | Uint16Array, layout: PixelLayout, attributes: Attributes): GreyPixels {
  const { bitsStored, shift, signed } = layout;
  const size = 2 ** bitsStored;
  const valueOf = (code: number) => (signed && code >= size / 2 ? code - size : code);
  const modality = modalityTransform(attributes, signed);
  const values = Float64Array.from({ length: size }, (_, code) => modality(valueOf(code)));
  const isPadding = paddingTest(attributes, signed);
  const counts = countCodes(stored, shift, size);
  const seen = [...counts.keys()].filter((code) => counts[code] !== 0 && !isPadding(valueOf(code)));
  const { voi, windowSource } = chooseVoi(attributes, layout, values, seen, counts);
  const inverted = isInverted(layout, attributes);
  const greatest = windowSource === 'none' && bitsStored <= 8 ? 255 : 65535;
  const table = greatest === 255 ? new Uint8Array(size) : new Uint16Array(size);
  for (let code = 0; code < size; code++) {
    const level = Math.round(voi(values[code]!) * greatest);
    // Unexposed areas are black on a display, even on a negative.
    table[code] = isPadding(valueOf(code)) ? 0 : inverted ? greatest - level : level;
  }
  const pixels = greatest === 255 ? new Uint8Array(stored.length) : new Uint16Array(stored.length);
  for (let i = 0; i < stored.length; i++) pixels[i] = table[(stored[i]! >> shift) & (size - 1)]!;
  return { pixels, windowSource, inverted };
}

function countCodes(stored: Uint8Array | Uint16Array, shift: number, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let i = 0; i < stored.length; i++) counts[(stored[i]! >> shift) & (size - 1)]!++;
  return counts;
}

/** The film's own window, unless it has none, or one that would flatten a picture with several levels to one. */
function chooseVoi(
  attributes: Attributes,
  { bitsStored, bitsAllocated }: PixelLayout,
  values: Float64Array,
  seen: readonly number[],
  counts: Uint32Array,
): { voi: Voi; windowSource: WindowSource } {
  const own = voiOf(attributes);
  const [first] = seen;
  const levels = (voi: Voi) => seen.some((code) => voi(values[code]!) !== voi(values[first!]!));
  if (own !== undefined && (seen.length < 2 || levels(own.voi))) return own;
  if (own === undefined && bitsAllocated === 8) return { voi: fullRange(bitsStored, values), windowSource: 'none' };
  return { voi: percentileVoi(values, seen, counts), windowSource: 'percentile' };
}

/** 8 bits without a window are meant to be displayed as they are. */
function fullRange(bitsStored: number, values: Float64Array): Voi {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const range = high - low || 2 ** bitsStored - 1;
  return (value) => (value - low) / range;
}

/** Black and white at two percentiles, by nearest rank, of everything except padding. */
function percentileVoi(values: Float64Array, seen: readonly number[], counts: Uint32Array): Voi {
  const sorted = [...seen].sort((a, b) => values[a]! - values[b]!);
  const total = sorted.reduce((sum, code) => sum + counts[code]!, 0);
  const at = (percent: number) => {
    const rank = Math.max(1, Math.ceil((percent * total) / 100));
    let count = 0;
    return values[sorted.find((code) => (count += counts[code]!) >= rank) ?? 0]!;
  };
  const [low, high] = [at(percentiles[0]), at(percentiles[1])];
  if (high === low) return (value) => (value >= high ? 1 : 0);
  return (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** In a DX image MONOCHROME1 requires INVERSE: the two together invert the film only once (PS3.3, C.8.11.3). */
function isInverted({ photometric }: PixelLayout, attributes: Attributes): boolean {
  return photometric === 'MONOCHROME1' || attributes.text(tags.presentationLutShape) === 'INVERSE';
}

/** Samples between the padding value and its limit are not part of the picture (PS3.3, C.7.5.1.1.2). */
function paddingTest(attributes: Attributes, signed: boolean): (value: number) => boolean {
  const stored = (tag: string) => attributes.shorts(tag, signed)[0];
  const padding = stored(tags.pixelPaddingValue);
  if (padding === undefined) return () => false;
  const limit = stored(tags.pixelPaddingRangeLimit) ?? padding;
  const [low, high] = [Math.min(padding, limit), Math.max(padding, limit)];
  return (value) => value >= low && value <= high;
}
