import type { Attributes } from './attributes.js';
import { readLut } from './lut.js';
import { tags } from './tags.js';

/** Modality value → 0 (black) to 1 (white). */
export type Voi = (value: number) => number;

/**
 * The film's own grey levels: its VOI LUT, else its window; the first if there are several (PS3.3, C.11.2). Undefined
 * if none of them makes sense.
 */
export function voiOf(attributes: Attributes): { voi: Voi; windowSource: 'voi' | 'voi-lut' } | undefined {
  const [item] = attributes.items(tags.voiLutSequence);
  const lut = item === undefined ? undefined : readLut(item, hasNegatives(attributes));
  if (lut !== undefined)
    return { voi: (value) => Math.min(1, lut.valueAt(value) / lut.greatest), windowSource: 'voi-lut' };
  const [centre = NaN] = attributes.decimals(tags.windowCenter);
  const [width = NaN] = attributes.decimals(tags.windowWidth);
  const voi = windowOf(centre, width, attributes.text(tags.voiLutFunction) ?? 'LINEAR');
  return voi === undefined ? undefined : { voi, windowSource: 'voi' };
}

/** PS3.3, C.11.2.1.2 and C.11.2.1.3. */
function windowOf(centre: number, width: number, shape: string): Voi | undefined {
  if (!Number.isFinite(centre) || !Number.isFinite(width) || width <= 0) return undefined;
  if (shape === 'SIGMOID') return (x) => 1 / (1 + Math.exp((-4 * (x - centre)) / width));
  if (shape === 'LINEAR_EXACT') return (x) => clamped((x - centre) / width + 0.5);
  if (width < 1) return undefined;
  // A window of width 1 is a step: everything above its centre minus ½ is white.
  if (width === 1) return (x) => (x <= centre - 0.5 ? 0 : 1);
  return (x) => clamped((x - (centre - 0.5)) / (width - 1) + 0.5);
}

function clamped(level: number): number {
  return Math.min(1, Math.max(0, level));
}

/** Whether the values that a VOI LUT maps may be negative. */
function hasNegatives(attributes: Attributes): boolean {
  if (attributes.items(tags.modalityLutSequence).length > 0) return false;
  const [intercept = 0] = attributes.decimals(tags.rescaleIntercept);
  return attributes.shorts(tags.pixelRepresentation)[0] === 1 || intercept < 0;
}
