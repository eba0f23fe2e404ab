import type { Attributes } from '../../imaging/dicom/attributes.js';
import type { GreyLevels, LookUpTable } from './sourceInstance.js';

/** Modality and VOI transformations as the file has them; undefined if it has none that can be copied. */
export function readGreyLevels(attributes: Attributes): GreyLevels | undefined {
  const [modality] = attributes.items('x00283000');
  const [voi] = attributes.items('x00283010');
  const modalityLut = modality && lookUpTable(modality);
  const voiLut = voi && lookUpTable(voi);
  const type = modality?.text('x00283004');
  const rescale = rescaleOf(attributes);
  const window = windowOf(attributes);
  const levels: GreyLevels = {
    ...(modalityLut
      ? { modalityLut: { ...modalityLut, ...(type !== undefined && { type }) } }
      : rescale && { rescale }),
    ...(voiLut ? { voiLut } : window && { window }),
  };
  return Object.keys(levels).length === 0 ? undefined : levels;
}

function lookUpTable(item: Attributes): LookUpTable | undefined {
  const [entries, first, bits] = item.shorts('x00283002');
  const data = item.shorts('x00283006');
  const isWhole = data.length > 0 && data.length === (entries || 65536);
  return entries === undefined || first === undefined || bits === undefined || !isWhole
    ? undefined
    : { descriptor: [entries, first, bits], data };
}

function rescaleOf(attributes: Attributes): GreyLevels['rescale'] {
  const [intercept = NaN] = attributes.decimals('x00281052');
  const [slope = NaN] = attributes.decimals('x00281053');
  if (!Number.isFinite(intercept) || !Number.isFinite(slope) || slope === 0) return undefined;
  const type = attributes.text('x00281054');
  return { slope, intercept, ...(type !== undefined && { type }) };
}

function windowOf(attributes: Attributes): GreyLevels['window'] {
  const [center = NaN] = attributes.decimals('x00281050');
  const [width = NaN] = attributes.decimals('x00281051');
  const shape = attributes.text('x00281056');
  if (!Number.isFinite(center) || !(width >= 1 || (shape !== undefined && shape !== 'LINEAR' && width > 0)))
    return undefined;
  return { center, width, ...(shape !== undefined && { function: shape }) };
}
