import { type AnnotatedBox, type AnnotatedFilm, boxOfEdges } from '../annotations.js';
import { readTable, type TableRow } from '../text/csvTable.js';
import type { Fault } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import type { Place } from '../text/place.js';
import { type AnnotationFormat, notWritten, type ReadContext, type Reading, type TextFile } from './format.js';

const title = 'SIIM-FISABIO-RSNA image-level CSV';

/**
 * train_image_level.csv of the SIIM-FISABIO-RSNA COVID-19 challenge: one row per film, whose `label` holds a class, a
 * confidence and pixel edges for each box, or `none 1 0 0 1 1`. Ids are those of the DICOM files, with `_image`
 * appended.
 */
export const siim: AnnotationFormat = {
  name: 'siim',
  title,
  layout: 'file',
  endings: ['.csv'],
  read: readFiles,
  write: notWritten(title),
};

function readFiles(files: readonly TextFile[], context: ReadContext): Reading {
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  for (const { name: file, text } of files) {
    const table = readTable(text, file, ['id', 'label']);
    faults.push(...table.faults);
    for (const row of table.rows) films.push(readFilm(row, { file, line: row.line }, context, faults));
  }
  const notes = films.some(({ boxes }) => boxes.length === 0)
    ? ['films without boxes may be second views of studies with opacities: train_study_level.csv tells']
    : [];
  return { set: { films }, faults, notes };
}

function readFilm(row: TableRow, place: Place, { images }: ReadContext, faults: Fault[]): AnnotatedFilm {
  const stem = row.cell('id').replace(/_image$/, '');
  const image = images?.findByStem(stem)?.name ?? stem;
  const words = row
    .cell('label')
    .split(/\s+/)
    .filter((word) => word !== '');
  const groups = Array.from({ length: Math.ceil(words.length / 6) }, (_, i) => words.slice(i * 6, i * 6 + 6));
  if (groups.length === 0) faults.push({ ...place, image, code: 'bad-row', message: 'the column label is empty' });
  const boxes = groups.flatMap((group): AnnotatedBox[] => {
    const [label = '', ...texts] = group;
    const [, xmin, ymin, xmax, ymax] = texts.map(parseNumber);
    if (xmin === undefined || ymin === undefined || xmax === undefined || ymax === undefined) {
      const message = `"${group.join(' ')}" is not a class and five numbers`;
      faults.push({ ...place, image, code: 'not-a-number', message });
      return [];
    }
    return label === 'none' ? [] : [{ label, ...boxOfEdges(xmin, ymin, xmax, ymax), place }];
  });
  return { image, boxes, place };
}
