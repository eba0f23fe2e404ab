import { type AnnotatedBox, type AnnotationSet, boxOfEdges, edgesOf } from '../annotations.js';
import { csvLine } from '../../csv/index.js';
import { readTable, type TableRow } from '../text/csvTable.js';
import type { Fault } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import { numberText } from '../text/missing.js';
import type { Place } from '../text/place.js';
import {
  type AnnotationFormat,
  count,
  type GrowingFilm,
  lostScores,
  type ReadContext,
  type Reading,
  type TextFile,
  type Written,
} from './format.js';
import { imageOfVottName, vottNameOf } from './vottName.js';

const six = ['image', 'xmin', 'ymin', 'xmax', 'ymax', 'label'] as const;

/**
 * The CSV export of VoTT 2 (src/providers/export/csv.ts there): one row per box, in pixel edges of the film; text is in
 * quotes. VoTT writes no row for a film without boxes. A row with only the image, as other tools write it, is read as
 * such a film. Further columns are kept.
 */
export const vottCsv: AnnotationFormat = {
  name: 'vott-csv',
  title: 'VoTT CSV export',
  layout: 'file',
  endings: ['.csv'],
  read: readRows,
  write: (set) => writeRows(set, { name: 'vott-export.csv', quoteText: true, withNegatives: false }),
};

/**
 * The same columns without needless quotes, as in the project's data sets; films without boxes have a row with only the
 * image.
 */
export const plainCsv: AnnotationFormat = {
  ...vottCsv,
  name: 'csv',
  title: 'CSV of image, xmin, ymin, xmax, ymax, label',
  write: (set) => writeRows(set, { name: 'annotations.csv', quoteText: false, withNegatives: true }),
};

function readRows(files: readonly TextFile[], context: ReadContext): Reading {
  const films = new Map<string, GrowingFilm>();
  const faults: Fault[] = [];
  const tables = files.map(({ name, text }) => ({ file: name, table: readTable(text, name, six) }));
  const empty = new Map<string, { readonly place: Place; readonly cells: readonly string[] }>();
  const more = [...new Set(tables.flatMap(({ table }) => table.columns.filter((column) => !isOneOfSix(column))))];
  for (const { file, table } of tables) {
    faults.push(...table.faults);
    for (const row of table.rows) {
      const written = row.cell('image');
      const place = { file, line: row.line };
      if (written === '') {
        faults.push({ ...place, code: 'bad-row', message: 'the row names no image' });
        continue;
      }
      const { image, extras } = imageOfVottName(written, context.images);
      const film: GrowingFilm = films.get(image) ?? {
        image,
        boxes: [],
        place,
        ...(extras === undefined ? {} : { extras }),
      };
      films.set(image, film);
      const cells = more.map((column) => row.cells[table.columns.indexOf(column)] ?? '');
      const box = boxOfRow(row, place, cells);
      if (box === undefined) empty.set(image, { place, cells });
      else if ('code' in box) faults.push({ ...box, image });
      else film.boxes.push(box);
    }
  }
  for (const [image, { place, cells }] of empty) {
    const film = films.get(image);
    if (film === undefined) continue;
    if (film.boxes.length > 0)
      faults.push({
        ...place,
        image,
        code: 'contradiction',
        message: `the row has no box, but line ${film.boxes[0]?.place?.line ?? 0} has one`,
      });
    else if (more.length > 0) films.set(image, { ...film, extras: { ...film.extras, csv: { cells } } });
  }
  const extras = more.length === 0 ? {} : { extras: { csv: { columns: more } } };
  return { set: { films: [...films.values()], ...extras }, faults };
}

/** Undefined for a row that holds only an image, apart from the columns beyond the six. */
function boxOfRow(row: TableRow, place: Place, more: readonly string[]): AnnotatedBox | Fault | undefined {
  const label = row.cell('label');
  const texts = (['xmin', 'ymin', 'xmax', 'ymax'] as const).map((column) => ({
    column,
    text: numberText(row.cell(column)),
  }));
  if (numberText(label) === '' && texts.every(({ text }) => text === '')) return undefined;
  const bad = texts.find(({ text }) => parseNumber(text) === undefined);
  if (bad !== undefined) return { ...place, code: 'not-a-number', message: `${bad.column} is "${bad.text}"` };
  if (label === '') return { ...place, code: 'no-label', message: 'the row has no label' };
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = texts.map(({ text }) => Number(text));
  return {
    label,
    ...boxOfEdges(xmin, ymin, xmax, ymax),
    place,
    ...(more.length === 0 ? {} : { extras: { csv: { cells: more } } }),
  };
}

interface RowStyle {
  readonly name: string;
  readonly quoteText: boolean;
  readonly withNegatives: boolean;
}

function writeRows(set: AnnotationSet, { name, quoteText, withNegatives }: RowStyle): Written {
  const more = set.extras?.csv?.columns ?? [];
  const line = (cells: readonly (string | number)[]) => csvLine(cells, { quoteText });
  const lines = [line([...six, ...more])];
  let negatives = 0;
  for (const film of set.films) {
    const image = withNegatives ? film.image : vottNameOf(film);
    if (film.boxes.length === 0) {
      negatives += 1;
      if (withNegatives)
        lines.push(csvLine([image, '', '', '', '', '', ...(film.extras?.csv?.cells ?? more.map(() => ''))]));
    }
    for (const box of film.boxes) {
      const cells = box.extras?.csv?.cells ?? more.map(() => '');
      lines.push(line([image, ...edgesOf(box), box.label, ...cells]));
    }
  }
  const withoutRow =
    negatives > 0 && !withNegatives
      ? [`${count(negatives, 'film')} without boxes: VoTT's CSV has no row for such a film`]
      : [];
  return { files: [{ name, text: lines.join('') }], losses: [...withoutRow, ...lostScores(set)] };
}

function isOneOfSix(column: string): boolean {
  return six.some((name) => name === column.toLowerCase());
}
