import { type AnnotatedBox, type AnnotationSet, stemOf } from '../annotations.js';
import { csvLine } from '../../csv/index.js';
import { readTable, type TableRow } from '../text/csvTable.js';
import { type Fault, FormatError } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import { numberText } from '../text/missing.js';
import type { Place } from '../text/place.js';
import {
  type AnnotationFormat,
  type GrowingFilm,
  lostScores,
  type ReadContext,
  type Reading,
  type TextFile,
  type WriteOptions,
  type Written,
} from './format.js';

const header = ['patientId', 'x', 'y', 'width', 'height', 'Target'] as const;

const defaultLabel = 'opacity';

/**
 * The labels of the RSNA Pneumonia Detection Challenge 2018 (stage_2_train_labels.csv): one row per box with Target 1,
 * or a single row without a box with Target 0. One class. Its patientId names a film (`<patientId>.dcm`), not a
 * patient, who may have several.
 */
export const rsna: AnnotationFormat = {
  name: 'rsna',
  title: 'RSNA CSV',
  layout: 'file',
  endings: ['.csv'],
  read: readRows,
  write: writeRows,
};

function readRows(files: readonly TextFile[], context: ReadContext): Reading {
  const label = context.label ?? defaultLabel;
  const films = new Map<string, GrowingFilm>();
  const negative = new Map<string, number>();
  const faults: Fault[] = [];
  /** Films with rows that say both that there is a box and that there is none: neither can be learned from. */
  const unclear = new Set<string>();
  for (const { name: file, text } of files) {
    const table = readTable(text, file, header);
    faults.push(...table.faults);
    for (const row of table.rows) {
      const id = row.cell('patientId');
      const place = { file, line: row.line };
      if (id === '') {
        faults.push({ ...place, code: 'bad-row', message: 'patientId is empty' });
        continue;
      }
      const image = context.images?.findByStem(id)?.name ?? id;
      const film: GrowingFilm = films.get(image) ?? { image, boxes: [], place, extras: { rsna: { patientId: id } } };
      films.set(image, film);
      const box = boxOfRow(row, place, label);
      if (box === undefined) negative.set(image, row.line);
      else if ('code' in box) {
        faults.push({ ...box, image });
        unclear.add(image);
      } else film.boxes.push(box);
    }
  }
  for (const [image, line] of negative) {
    const film = films.get(image);
    if (film === undefined || film.boxes.length === 0) continue;
    faults.push({
      file: film.place?.file ?? '',
      line,
      image,
      code: 'contradiction',
      message: `Target is 0, but line ${film.boxes[0]?.place?.line ?? 0} has a box`,
    });
  }
  const clear = [...films.values()].filter(({ image }) => !unclear.has(image));
  return { set: { films: clear, classes: [label] }, faults };
}

/** Undefined for a row that says there is nothing. */
function boxOfRow(row: TableRow, place: Place, label: string): AnnotatedBox | Fault | undefined {
  const target = row.cell('Target');
  const cells = ['x', 'y', 'width', 'height'].map((column) => ({ column, text: numberText(row.cell(column)) }));
  const empty = cells.every(({ text }) => text === '');
  const strange = cells.find(({ text }) => text !== '' && parseNumber(text) === undefined);
  if (strange !== undefined)
    return { ...place, code: 'not-a-number', message: `${strange.column} is "${strange.text}"` };
  // Some write a box without an extent instead of none.
  const nothing = cells.every(({ text }) => Number(text) === 0);
  if (parseNumber(target) === 0)
    return nothing ? undefined : { ...place, code: 'contradiction', message: 'Target is 0, but the row has a box' };
  if (parseNumber(target) !== 1)
    return { ...place, code: 'bad-row', message: `Target is "${target}", neither 0 nor 1` };
  if (empty) return { ...place, code: 'contradiction', message: 'Target is 1, but the row has no box' };
  const bad = cells.find(({ text }) => parseNumber(text) === undefined);
  if (bad !== undefined) return { ...place, code: 'not-a-number', message: `${bad.column} is "${bad.text}"` };
  const [x = 0, y = 0, width = 0, height = 0] = cells.map(({ text }) => Number(text));
  return { label, box: { x, y, width, height }, place };
}

function writeRows(set: AnnotationSet, options: WriteOptions): Written {
  const labels = new Set(set.films.flatMap((film) => film.boxes.map(({ label }) => label)));
  const kept = options.label;
  if (kept === undefined && labels.size > 1) {
    throw new FormatError(
      { file: 'RSNA CSV' },
      `it has one class, the annotations have ${[...labels].join(', ')}: choose one with --label`,
    );
  }
  const ids = new Map<string, string>();
  const lines = [csvLine(header)];
  let passedOver = 0;
  for (const film of set.films) {
    const id = film.extras?.rsna?.patientId ?? stemOf(film.image);
    const owner = ids.get(id);
    if (owner !== undefined)
      throw new FormatError(
        { file: 'RSNA CSV' },
        `${owner} and ${film.image} would both be called ${id}; rename one of them`,
      );
    ids.set(id, film.image);
    const boxes = film.boxes.filter(({ label }) => kept === undefined || label === kept);
    passedOver += film.boxes.length - boxes.length;
    if (boxes.length === 0) lines.push(csvLine([id, '', '', '', '', 0]));
    for (const { box } of boxes) lines.push(csvLine([id, box.x, box.y, box.width, box.height, 1]));
  }
  const others = passedOver === 0 ? [] : [`${passedOver} boxes of other labels than ${kept ?? ''}`];
  const [label = defaultLabel] = kept === undefined ? labels : [kept];
  const name = label === defaultLabel ? [] : [`the label "${label}": read it with --label`];
  return { files: [{ name: 'labels.csv', text: lines.join('') }], losses: [...others, ...name, ...lostScores(set)] };
}
