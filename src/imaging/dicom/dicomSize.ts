import { pixelLayout } from './pixelLayout.js';
import { mostBytes, readDataSet } from './readDataSet.js';
import { assertFilm } from './sopClass.js';

/**
 * Width and height of a DICOM film, or of a secondary capture, in pixels, as its file says.
 *
 * @throws FilmError
 */
export function dicomSize(bytes: Uint8Array): { width: number; height: number } {
  const { attributes } = readDataSet(bytes, mostBytes);
  assertFilm(attributes, true);
  const { width, height } = pixelLayout(attributes);
  return { width, height };
}
