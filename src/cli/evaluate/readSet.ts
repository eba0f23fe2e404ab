import { join } from 'node:path';
import { type Fault, type FilmRow, filmsOf, readFilms } from '../../datasets/index.js';
import type { Appearance } from '../../evaluation/index.js';
import { readInput } from '../annotations/input.js';
import { readTextFile, sayingBadFormat } from '../annotations/readFiles.js';
import { UsageError } from '../exit.js';
import {
  type AnnotatedSet,
  boxesOf,
  type Drawn,
  type EvaluationFilm,
  imageName,
  type SetFiles,
} from './annotatedSet.js';
import type { FormatOptions } from './options.js';
import { contradictions, type PatientRow, strangers, unknownLabels } from './setFaults.js';

export interface ReadChoices {
  /** Only films of this split. */
  readonly split: string | undefined;
  /** Labels that boxes may have. */
  readonly classes: readonly string[];
  readonly format: FormatOptions;
}

export interface ReadSet extends AnnotatedSet {
  /** Everything inconsistent; any of it would make the figures wrong. */
  readonly faults: readonly Fault[];
  /** Sentences about choices made while reading the annotations. */
  readonly notes: readonly string[];
  /** Of all films of the set, in whatever split. */
  readonly patients: readonly PatientRow[];
}

/**
 * Films with their true boxes. The rows of a films file are the films; without such a file, all images in the folder
 * are, and an image that the annotations don't name counts as a film without a true box.
 */
export async function readSet(files: SetFiles, { split, classes, format }: ReadChoices): Promise<ReadSet> {
  const { set, images, faults, notes = [] } = await readInput(files.annotations, { ...format, images: files.images });
  if (images === undefined) throw new Error('images were asked for');
  const drawn: Drawn = { files, images, films: new Map(set.films.map((film) => [film.image, film])) };
  const first = [...faults, ...unknownLabels(set, classes)];
  if (files.films === undefined) {
    if (split !== undefined) throw new UsageError('--split needs --films: it says which split a film belongs to');
    const { rows } = filmsOf(images.images.map(({ name }) => name));
    return { name: files.name, films: rows.map((row) => filmOf(row, drawn)), faults: first, notes, patients: [] };
  }
  const { name: file, text } = await readTextFile(files.films);
  const table = sayingBadFormat(() => readFilms(text, file, { required: split === undefined ? [] : ['split'] }));
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
    notes,
    patients: table.rows.map((row) => ({
      patient: row.cell('patient'),
      split: row.cell('split'),
      file,
      line: row.line,
    })),
  };
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

/** SIIM's four study-level labels; any other finding says nothing about the appearance. */
const appearances: Readonly<Record<string, Appearance>> = {
  'SIIM Typical Appearance': 'typical',
  'SIIM Indeterminate Appearance': 'indeterminate',
  'SIIM Atypical Appearance': 'atypical',
  'SIIM Negative for Pneumonia': 'negative',
};
