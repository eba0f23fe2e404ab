import type { Attributes } from './attributes.js';
import { tags } from './tags.js';

/**
 * Distances between the centres of neighbouring pixels.
 * - `calibrated`: corrected to the patient's size, by a known object or by geometry;
 * - `detector`: at the plate, which lies behind the patient: what is seen is smaller than that;
 * - `unspecified`: the file does not say where they hold.
 */
export interface PixelSpacing {
  readonly rowMm: number;
  readonly columnMm: number;
  readonly kind: 'calibrated' | 'detector' | 'unspecified';
}

/** PS3.3, section 10.7.1.3. null where the file has none, or one that can't be. */
export function pixelSpacing(attributes: Attributes): PixelSpacing | null {
  const plate = pair(attributes.decimals(tags.imagerPixelSpacing));
  const patient = pair(attributes.decimals(tags.pixelSpacing));
  if (patient === undefined) return plate === undefined ? null : { ...plate, kind: 'detector' };
  if (attributes.text(tags.pixelSpacingCalibrationType) !== undefined) return { ...patient, kind: 'calibrated' };
  if (plate === undefined) return { ...patient, kind: 'unspecified' };
  const same = plate.rowMm === patient.rowMm && plate.columnMm === patient.columnMm;
  return { ...patient, kind: same ? 'detector' : 'calibrated' };
}

/** Films have pixels of a tenth of a millimetre or two; files have been seen to say 0. */
const largestMm = 10;

function pair([rowMm = NaN, columnMm = NaN]: readonly number[]): Omit<PixelSpacing, 'kind'> | undefined {
  const isReal = (mm: number) => mm > 0 && mm <= largestMm;
  return isReal(rowMm) && isReal(columnMm) ? { rowMm, columnMm } : undefined;
}
