import { keepSound } from '../soundBoxes.js';
import { coco } from './coco.js';
import type { AnnotationFormat, FormatName, ReadContext, Reading, TextFile } from './format.js';
import { assertLooksLike } from './guess.js';
import { kerasYolo3 } from './kerasYolo3.js';
import { rsna } from './rsna.js';
import { via } from './via.js';
import { voc } from './voc.js';
import { vottJson } from './vottJson.js';
import { plainCsv, vottCsv } from './vottCsv.js';
import { yolo } from './yolo.js';

export * from './format.js';
export { guessFormat, type Guess } from './guess.js';
export { isClassList, readClassList } from './classList.js';

export const formats: Readonly<Record<FormatName, AnnotationFormat>> = {
  'vott-csv': vottCsv,
  'vott-json': vottJson,
  yolo,
  'keras-yolo3': kerasYolo3,
  voc,
  coco,
  via,
  rsna,
  csv: plainCsv,
};

/**
 * Reads annotations of a format that is known: what is sound, and a fault for everything that was left out.
 *
 * @throws FormatError where a file is not of that format at all
 */
export function readAnnotations(format: FormatName, files: readonly TextFile[], context: ReadContext = {}): Reading {
  for (const file of files) assertLooksLike(format, file);
  return keepSound(formats[format].read(files, context), context);
}
