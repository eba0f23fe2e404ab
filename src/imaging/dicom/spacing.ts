import type { Attributes } from './attributes.js';
import { tags } from './tags.js';

/**
 * Distances between the centres of neighbouring pixels.
 * - `calibrated`: corrected to the patient's size, by a known object or by geometry;
 * - `detector`: at the plate behind the patient: anatomy is smaller than it measures there;
 * - `unspecified`: the file doesn't say where they apply.
 */
export interface PixelSpacing {
  readonly rowMm: number;
  readonly columnMm: number;
  readonly kind: 'calibrated' | 'detector' | 'unspecified';
}

/** PS3.3, section 10.7.1.3. null if the file has none, or an impossible one. */
export function pixelSpacing(attributes: Attributes): PixelSpacing | null {
  const plate = pair(attributes.decimals(tags.imagerPixelSpacing));
  const patient = pair(attributes.decimals(tags.pixelSpacing));
  if (patient === undefined) return plate === undefined ? null : { ...plate, kind: 'detector' };
  if (attributes.text(tags.pixelSpacingCalibrationType) !== undefined) return { ...patient, kind: 'calibrated' };
  if (plate === undefined) return { ...patient, kind: 'unspecified' };
  const same = plate.rowMm === patient.rowMm && plate.columnMm === patient.columnMm;
  return { ...patient, kind: same ? 'detector' : 'calibrated' };
}

/** Films have pixels of one or two tenths of a millimetre; some files say 0. */
const largestMm = 10;

function pair([rowMm = NaN, columnMm = NaN]: readonly number[]): Omit<PixelSpacing, 'kind'> | undefined {
  const isReal = (mm: number) => mm > 0 && mm <= largestMm;
  return isReal(rowMm) && isReal(columnMm) ? { rowMm, columnMm } : undefined;
}
