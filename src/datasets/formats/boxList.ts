import { type AnnotatedBox, boxOfEdges } from '../annotations.js';
import { readTable, type TableRow } from '../text/csvTable.js';
import type { Fault } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import { numberText } from '../text/missing.js';
import type { Place } from '../text/place.js';
import {
  type AnnotationFormat,
  type FormatName,
  type GrowingFilm,
  notWritten,
  type ReadContext,
  type Reading,
  type TextFile,
} from './format.js';

/** The columns of a table with one row per box. */
export interface BoxList {
  readonly name: FormatName;
  readonly title: string;
  readonly image: string;
  readonly label: string;
  /** Left and top edge, then either right and bottom edge or width and height. */
  readonly sides: readonly [string, string, string, string];
  readonly sidesAre: 'edges' | 'size';
  /** The label of a row that says there is nothing on the film. */
  readonly nothing?: string;
  /** All columns, for a file without a header line. */
  readonly columns?: readonly string[];
}

/** A format that is read but not written: its own tools read other formats. */
function boxListFormat(list: BoxList): AnnotationFormat {
  return {
    name: list.name,
    title: list.title,
    layout: 'file',
    endings: ['.csv'],
    read: (files, context) => readRows(files, context, list),
    write: notWritten(list.title),
  };
}

function readRows(files: readonly TextFile[], { images }: ReadContext, list: BoxList): Reading {
  const films = new Map<string, GrowingFilm>();
  const empty = new Map<string, Place>();
  const faults: Fault[] = [];
  for (const { name: file, text } of files) {
    const table = readTable(text, file, [list.image, list.label, ...list.sides], list.columns);
    faults.push(...table.faults);
    for (const row of table.rows) {
      const place = { file, line: row.line };
      const written = row.cell(list.image);
      if (written === '') {
        faults.push({ ...place, code: 'bad-row', message: `the column ${list.image} is empty` });
        continue;
      }
      // VinDr names films without their extension.
      const image = (images?.find(written) ?? images?.findByStem(written))?.name ?? written;
      const film: GrowingFilm = films.get(image) ?? { image, boxes: [], place };
      films.set(image, film);
      const box = boxOfRow(row, list);
      if (box === 'nothing') empty.set(image, place);
      else if ('code' in box) faults.push({ ...place, image, ...box });
      else film.boxes.push({ ...box, place });
    }
  }
  for (const [image, place] of empty) {
    if ((films.get(image)?.boxes.length ?? 0) === 0) continue;
    faults.push({ ...place, image, code: 'contradiction', message: 'the row has no box, but another of the film has' });
  }
  return { set: { films: [...films.values()] }, faults };
}

function boxOfRow(row: TableRow, list: BoxList): AnnotatedBox | 'nothing' | Pick<Fault, 'code' | 'message'> {
  const label = row.cell(list.label);
  const cells = list.sides.map((side) => ({ side, text: numberText(row.cell(side)) }));
  // VinDr's own results stand for nothing with the box 0, 0, 1, 1; filled gaps are zeros.
  const empty = cells.every(({ text }) => ['', '0', '1'].includes(text.replace(/\.0*$/, '')));
  if (list.nothing !== undefined && label.toLowerCase() === list.nothing) {
    if (empty) return 'nothing';
    return { code: 'bad-row', message: `${list.label} is "${label}", but the row has a box` };
  }
  if (label === '') return { code: 'no-label', message: `the column ${list.label} is empty` };
  const bad = cells.find(({ text }) => parseNumber(text) === undefined);
  if (bad !== undefined) return { code: 'not-a-number', message: `${bad.side} is "${bad.text}"` };
  const [x = 0, y = 0, third = 0, fourth = 0] = cells.map(({ text }) => Number(text));
  return list.sidesAre === 'edges'
    ? { label, ...boxOfEdges(x, y, third, fourth) }
    : { label, box: { x, y, width: third, height: fourth } };
}

/**
 * VinDr-CXR (https://physionet.org/content/vindr-cxr/): one row per box and reader, in pixel edges; `No finding` has no
 * box. If several readers boxed a lesion, all their boxes are kept.
 */
export const vindr = boxListFormat({
  name: 'vindr',
  title: 'VinDr-CXR CSV',
  image: 'image_id',
  label: 'class_name',
  sides: ['x_min', 'y_min', 'x_max', 'y_max'],
  sidesAre: 'edges',
  nothing: 'no finding',
});

/** NIH ChestX-ray14's BBox_List_2017.csv: the header names the four sides in one bracket, over four columns. */
export const nih = boxListFormat({
  name: 'nih',
  title: 'NIH ChestX-ray14 BBox_List CSV',
  image: 'Image Index',
  label: 'Finding Label',
  sides: ['Bbox [x', 'y', 'w', 'h]'],
  sidesAre: 'size',
});

/** The table of TensorFlow's object detection tutorials. */
export const tfCsv = boxListFormat({
  name: 'tf-csv',
  title: 'TensorFlow object detection CSV',
  image: 'filename',
  label: 'class',
  sides: ['xmin', 'ymin', 'xmax', 'ymax'],
  sidesAre: 'edges',
});

/** keras-retinanet and pytorch-retinanet: no header line; a path alone is a film without boxes. */
export const retinanet = boxListFormat({
  name: 'retinanet',
  title: 'RetinaNet CSV',
  image: 'path',
  label: 'class_name',
  sides: ['x1', 'y1', 'x2', 'y2'],
  sidesAre: 'edges',
  nothing: '',
  columns: ['path', 'x1', 'y1', 'x2', 'y2', 'class_name'],
});
