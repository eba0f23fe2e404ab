import type { Fault } from '../text/fault.js';
import { linesOfValues } from '../text/jsonLines.js';
import { keepSound } from '../soundBoxes.js';
import { nih, retinanet, tfCsv, vindr } from './boxList.js';
import { coco } from './coco/index.js';
import { createMl } from './createMl.js';
import { cvat } from './cvat.js';
import type { AnnotationFormat, FormatName, ReadContext, Reading, TextFile } from './format.js';
import { assertLooksLike } from './guess.js';
import { kerasYolo3 } from './kerasYolo3.js';
import { labelme } from './labelme.js';
import { labelStudio } from './labelStudio/index.js';
import { rsna } from './rsna.js';
import { siim } from './siim.js';
import { via } from './via.js';
import { voc } from './voc.js';
import { vottJson } from './vottJson.js';
import { plainCsv, vottCsv } from './vottCsv.js';
import { yolo } from './yolo.js';

export * from './format.js';
export { guessFormat, type Guess } from './guess.js';
export { unreadFormat } from './unread.js';
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
  vindr,
  nih,
  'tf-csv': tfCsv,
  retinanet,
  siim,
  'label-studio': labelStudio,
  cvat,
  labelme,
  createml: createMl,
};

/**
 * Reads annotations in a known format: what is sound, and a fault for everything left out.
 *
 * @throws FormatError if a file isn't in that format at all
 */
export function readAnnotations(format: FormatName, files: readonly TextFile[], context: ReadContext = {}): Reading {
  for (const file of files) assertLooksLike(format, file);
  const { layout } = formats[format];
  const { set, faults, notes = [] } = keepSound(formats[format].read(files, context), { ...context, layout });
  return { set, faults: inOrder(withLines(faults, files)), notes };
}

/** Faults in JSON have paths; a person wants the line, too. It is looked up here, since few files have faults. */
function withLines(faults: readonly Fault[], files: readonly TextFile[]): Fault[] {
  const lines = new Map(
    files.map(({ name, text }) => {
      const paths = faults.flatMap(({ file, line, at }) =>
        file === name && line === undefined && at !== undefined ? [at] : [],
      );
      return [name, paths.length === 0 ? undefined : linesOfValues(text, new Set(paths))];
    }),
  );
  return faults.map((fault) => {
    const line = fault.line ?? lines.get(fault.file)?.get(fault.at ?? '');
    return line === undefined ? fault : { ...fault, line };
  });
}

/** Sorted by file and line, as a person goes through them; those without a line stay in place. */
function inOrder(faults: readonly Fault[]): Fault[] {
  return [...faults].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)));
}
