import type { Attributes } from './attributes.js';
import { readLut } from './lut.js';
import { tags } from './tags.js';

/**
 * Stored value → modality value: by LUT or, if there is none, by slope and intercept (PS3.3, C.11.1). A file with both
 * means the LUT. Non-numbers and a slope of 0 are ignored.
 */
export function modalityTransform(attributes: Attributes, signed: boolean): (value: number) => number {
  const [item] = attributes.items(tags.modalityLutSequence);
  const lut = item === undefined ? undefined : readLut(item, signed);
  if (lut !== undefined) return lut.valueAt;
  const [slope = NaN] = attributes.decimals(tags.rescaleSlope);
  const [intercept = NaN] = attributes.decimals(tags.rescaleIntercept);
  const a = Number.isFinite(slope) && slope !== 0 ? slope : 1;
  const b = Number.isFinite(intercept) ? intercept : 0;
  return (value) => a * value + b;
}
