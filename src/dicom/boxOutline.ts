import type { ReportedBox } from '../report/index.js';

/**
 * The closed outline of a box, as columns and rows in turn: top left, top right, bottom right, bottom left, top left.
 * DICOM counts pixels from the outer corner of the first one, as our boxes do (PS3.3, sections C.18.6.1.2, C.10.5.1.2).
 */
export function boxOutline({ x, y, width, height }: ReportedBox['box']): readonly number[] {
  const [right, bottom] = [x + width, y + height];
  return [x, y, right, y, right, bottom, x, bottom, x, y];
}
