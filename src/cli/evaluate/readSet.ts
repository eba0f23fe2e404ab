import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Appearance, ClassedBox } from '../../evaluation/index.js';
import { findFilms } from '../detect/films.js';
import { UsageError } from '../exit.js';
import type { AnnotatedFilm, AnnotatedSet } from './annotatedSet.js';
import { type CsvRow, csvRows } from './csvRows.js';

/** Where one set lies. */
export interface SetFiles {
  readonly images: string;
  readonly annotations: string;
  /** CSV with a row a film: image, and where known source, patient, split, finding, width, height, n_boxes. */
  readonly films: string | undefined;
  readonly name: string;
}

/** Sentences with file and line: what is wrong in the annotations. */
export type Faults = string[];

/** The set of these files: named after the folder of its annotations where it has no name of its own. */
export function setFiles(images: string, annotations: string, films: string | undefined, name: string | undefined): SetFiles {
  return { images, annotations, films, name: name ?? basename(dirname(resolve(annotations))) };
}

/**
 * Films with their true boxes. With a films file its rows are the films, of one split where `split` says so; without one all
 * images of the folder are, and those without a box count as negative. Whatever does not fit together becomes a fault.
 *
 * @param classes labels that boxes may have
 */
export async function readSet(files: SetFiles, split: string | undefined, classes: readonly string[], faults: Faults): Promise<AnnotatedSet & { readonly patientSplits: ReadonlyMap<string, PatientSplit> }> {
  const { films } = await findFilms([files.images]);
  const paths = new Map(films.map(({ name, path }) => [name.replaceAll('\\', '/'), path]));
  const rows = files.films === undefined ? undefined : await table(files.films, ['image', ...(split === undefined ? [] : ['split'])]);
  const known = new Set(rows?.map(({ cells }) => cells['image'] ?? '') ?? paths.keys());
  const truths = await readTruths(files, known, classes, faults);
  const chosen = rows?.filter(({ cells }) => split === undefined || cells['split'] === split);
  if (split !== undefined && rows === undefined) throw new UsageError('--split needs --films: which split a film belongs to stands there');
  if (chosen?.length === 0) throw new UsageError(`${String(files.films)} has no film of the split "${String(split)}"`);
  const annotated: AnnotatedFilm[] = [];
  const listed: readonly CsvRow[] = chosen ?? [...paths.keys()].map((image) => ({ line: 0, cells: { image } }));
  for (const { line, cells } of listed) {
    const place = `${files.films ?? files.images}:${line}`;
    const { image = '' } = cells;
    const path = paths.get(image);
    if (path === undefined) {
      faults.push(`${place}: missing-image: there is no ${join(files.images, image)}`);
      continue;
    }
    const boxes = truths.get(image) ?? [];
    const film = filmOf(image, path, cells, boxes, files.name);
    const stated = cells['n_boxes'];
    if (stated !== undefined && stated !== '' && Number(stated) !== boxes.length) {
      faults.push(`${place}: contradiction: n_boxes is ${stated}, but ${files.annotations} has ${boxes.length} for ${image}`);
    }
    annotated.push(film);
  }
  return { name: files.name, films: annotated, patientSplits: splitsOf(rows ?? [], files.films ?? '', faults) };
}

/** In which split a patient was first seen, and where. */
export interface PatientSplit {
  readonly split: string;
  readonly place: string;
}

function splitsOf(rows: readonly CsvRow[], file: string, faults: Faults): Map<string, PatientSplit> {
  const splits = new Map<string, PatientSplit>();
  for (const { line, cells } of rows) {
    const { patient = '', split = '' } = cells;
    if (patient === '' || split === '') continue;
    const first = splits.get(patient);
    if (first === undefined) splits.set(patient, { split, place: `${file}:${line}` });
    else if (first.split !== split) faults.push(`${file}:${line}: leak: patient ${patient} is in split ${split} here and in ${first.split} at ${first.place}`);
  }
  return splits;
}

async function readTruths(files: SetFiles, known: ReadonlySet<string>, classes: readonly string[], faults: Faults): Promise<Map<string, ClassedBox[]>> {
  const truths = new Map<string, ClassedBox[]>();
  for (const { line, cells } of await table(files.annotations, ['image', 'xmin', 'ymin', 'xmax', 'ymax', 'label'])) {
    const place = `${files.annotations}:${line}`;
    const { image = '', label = '' } = cells;
    const edges = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => cells[name] ?? '');
    if (label === '' && edges.every((edge) => edge === '')) continue;
    const [xmin = NaN, ymin = NaN, xmax = NaN, ymax = NaN] = edges.map((edge) => (edge === '' ? NaN : Number(edge)));
    if (!known.has(image)) faults.push(`${place}: missing-image: ${image} is none of the films of this set`);
    else if (!classes.includes(label)) faults.push(`${place}: unknown-label: "${label}" is none of the model's classes: ${classes.join(', ')}`);
    else if (![xmin, ymin, xmax, ymax].every(Number.isFinite)) faults.push(`${place}: not-a-number: the box is ${edges.join(', ')}`);
    else if (xmin >= xmax || ymin >= ymax) faults.push(`${place}: inverted-box: the box is ${edges.join(', ')}`);
    else truths.set(image, [...(truths.get(image) ?? []), { class: label, box: { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin } }]);
  }
  return truths;
}

function filmOf(image: string, path: string, cells: Readonly<Record<string, string>>, truths: readonly ClassedBox[], set: string): AnnotatedFilm {
  const { patient = '', source = '', finding = '', width = '', height = '' } = cells;
  return {
    image,
    path,
    source: source === '' ? set : source,
    patient: patient === '' ? undefined : patient,
    appearance: appearanceOf(finding),
    size: width === '' || height === '' ? undefined : { width: Number(width), height: Number(height) },
    truths,
  };
}

/** SIIM's four study-level labels; any other finding says nothing about the appearance. */
function appearanceOf(finding: string): Appearance | null {
  const labels: Readonly<Record<string, Appearance>> = {
    'SIIM Typical Appearance': 'typical',
    'SIIM Indeterminate Appearance': 'indeterminate',
    'SIIM Atypical Appearance': 'atypical',
    'SIIM Negative for Pneumonia': 'negative',
  };
  return labels[finding] ?? null;
}

async function table(path: string, columns: readonly string[]): Promise<CsvRow[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
  const read = csvRows(text);
  const missing = columns.filter((name) => !read.columns.includes(name));
  if (missing.length > 0) throw new UsageError(`${path}:1: the header has no column ${missing.join(', ')}`);
  return read.rows;
}
