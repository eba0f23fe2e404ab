import { basename, dirname, join, resolve } from 'node:path';
import {
  type AnnotatedBox,
  type AnnotatedFilm,
  type AnnotationSet,
  type Fault,
  type FilmRow,
  filmsOf,
  type ImageIndex,
  readFilms,
} from '../../datasets/index.js';
import type { Appearance } from '../../evaluation/index.js';
import { type InputOptions, readInput, readTextFile, sayingWrongUse } from '../annotations/input.js';
import { UsageError } from '../exit.js';
import type { AnnotatedSet, EvaluationFilm } from './annotatedSet.js';

/** Where one set lies. */
export interface SetFiles {
  readonly images: string;
  readonly annotations: string;
  /** CSV with a row a film: image, and where known source, patient, split, finding, width, height, n_boxes. */
  readonly films: string | undefined;
  readonly name: string;
}

/** The set of these files: named after the folder of its annotations where it has no name of its own. */
export function setFiles(
  images: string,
  annotations: string,
  films: string | undefined,
  name: string | undefined,
): SetFiles {
  return { images, annotations, films, name: name ?? basename(dirname(resolve(annotations))) };
}

export interface ReadChoices {
  /** Only films of this split. */
  readonly split: string | undefined;
  /** Labels that boxes may have. */
  readonly classes: readonly string[];
  readonly format: Pick<InputOptions, 'from' | 'classes' | 'label' | 'vocPixels' | 'viaLabel'>;
}

export interface ReadSet extends AnnotatedSet {
  /** Everything that does not fit together; with any of them figures would be wrong. */
  readonly faults: readonly Fault[];
  /** Of all films of the set, in whatever split. */
  readonly patients: readonly PatientRow[];
}

/** Where a films file puts a patient into a split; '' where it says neither. */
export interface PatientRow {
  readonly patient: string;
  readonly split: string;
  readonly file: string;
  readonly line: number;
}

/**
 * Films with their true boxes. With a films file its rows are the films; without one all images of the folder are, and those of
 * which the annotations say nothing count as films without a true box.
 */
export async function readSet(files: SetFiles, { split, classes, format }: ReadChoices): Promise<ReadSet> {
  const { set, images, faults } = await readInput(files.annotations, { ...format, images: files.images });
  if (images === undefined) throw new Error('images were asked for');
  const drawn: Drawn = { files, images, films: new Map(set.films.map((film) => [film.image, film])) };
  const first = [...faults, ...unknownLabels(set, classes)];
  if (files.films === undefined) {
    if (split !== undefined) throw new UsageError('--split needs --films: which split a film belongs to stands there');
    const { rows } = filmsOf(images.images.map(({ name }) => name));
    return { name: files.name, films: rows.map((row) => filmOf(row, drawn)), faults: first, patients: [] };
  }
  const { name: file, text } = await readTextFile(files.films);
  const table = sayingWrongUse(() => readFilms(text, file, { required: split === undefined ? [] : ['split'] }));
  const rows = table.rows.filter((row) => split === undefined || row.cell('split') === split);
  if (rows.length === 0) throw new UsageError(`${file} has no film of the split "${String(split)}"`);
  return {
    name: files.name,
    films: rows.map((row) => filmOf(row, drawn)),
    faults: [
      ...first,
      ...table.faults,
      ...strangers(set, table.rows, drawn),
      ...rows.flatMap((row) => contradictions(row, file, drawn)),
    ],
    patients: table.rows.map((row) => ({
      patient: row.cell('patient'),
      split: row.cell('split'),
      file,
      line: row.line,
    })),
  };
}

/** A patient in two splits of any of the sets: what was trained on would be measured with. */
export function leaks(sets: readonly ReadSet[]): Fault[] {
  const seen = new Map<string, PatientRow>();
  const faults: Fault[] = [];
  for (const row of sets.flatMap(({ patients }) => patients)) {
    const { patient, split, file, line } = row;
    if (patient === '' || split === '') continue;
    const before = seen.get(patient);
    if (before === undefined) seen.set(patient, row);
    else if (before.split !== split) {
      faults.push({
        file,
        line,
        code: 'leak',
        message: `patient ${patient} is in split ${split}, and in ${before.split} at ${before.file}:${before.line}`,
      });
    }
  }
  return faults;
}

/** What was drawn, by the names of the images that are there. */
interface Drawn {
  readonly files: SetFiles;
  readonly images: ImageIndex;
  readonly films: ReadonlyMap<string, AnnotatedFilm>;
}

function filmOf(row: FilmRow, drawn: Drawn): EvaluationFilm {
  const { image } = row;
  const [source, patient] = [row.cell('source'), row.cell('patient')];
  return {
    image,
    path: join(drawn.files.images, imageName(image, drawn)),
    source: source === '' ? drawn.files.name : source,
    patient: patient === '' ? undefined : patient,
    appearance: appearances[row.cell('finding')] ?? null,
    truths: boxesOf(image, drawn).map(({ label, box }) => ({ class: label, box })),
  };
}

function boxesOf(image: string, drawn: Drawn): readonly AnnotatedBox[] {
  return drawn.films.get(imageName(image, drawn))?.boxes ?? [];
}

function imageName(image: string, { images }: Drawn): string {
  return images.find(image)?.name ?? image;
}

function unknownLabels({ films }: AnnotationSet, classes: readonly string[]): Fault[] {
  return films.flatMap(({ image, boxes, place }) =>
    boxes
      .filter(({ label }) => !classes.includes(label))
      .map((box) => ({
        ...(box.place ?? place ?? { file: image }),
        image,
        code: 'unknown-label' as const,
        message: `"${box.label}" is none of the model's classes: ${classes.join(', ')}`,
      })),
  );
}

/** Films that were annotated and do not stand in the films file. */
function strangers({ films }: AnnotationSet, rows: readonly FilmRow[], drawn: Drawn): Fault[] {
  const known = new Set(rows.map(({ image }) => imageName(image, drawn)));
  return films
    .filter(({ image }) => !known.has(image))
    .map(({ image, place }) => ({
      ...(place ?? { file: image }),
      image,
      code: 'missing-image' as const,
      message: `${image} does not stand in ${String(drawn.files.films)}`,
    }));
}

/** Where the row of a film says something else than its image or its boxes. */
function contradictions(row: FilmRow, file: string, drawn: Drawn): Fault[] {
  const { image, line } = row;
  const place = { file, line, image };
  const known = drawn.images.find(image);
  if (known === undefined)
    return [{ ...place, code: 'missing-image', message: `there is no ${join(drawn.files.images, image)}` }];
  const faults: Fault[] = [];
  const [width, height, boxes] = [row.cell('width'), row.cell('height'), row.cell('n_boxes')];
  if (
    known.size !== undefined &&
    width !== '' &&
    height !== '' &&
    (Number(width) !== known.size.width || Number(height) !== known.size.height)
  ) {
    faults.push({
      ...place,
      code: 'other-size',
      message: `it says ${width} × ${height}, the image has ${known.size.width} × ${known.size.height}`,
    });
  }
  const found = boxesOf(image, drawn).length;
  if (boxes !== '' && Number(boxes) !== found) {
    faults.push({
      ...place,
      code: 'contradiction',
      message: `n_boxes is ${boxes}, but ${drawn.files.annotations} has ${found} for ${image}`,
    });
  }
  return faults;
}

/** SIIM's four study-level labels; any other finding says nothing about the appearance. */
const appearances: Readonly<Record<string, Appearance>> = {
  'SIIM Typical Appearance': 'typical',
  'SIIM Indeterminate Appearance': 'indeterminate',
  'SIIM Atypical Appearance': 'atypical',
  'SIIM Negative for Pneumonia': 'negative',
};
