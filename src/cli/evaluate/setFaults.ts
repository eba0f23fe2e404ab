import { join } from 'node:path';
import type { AnnotationSet, Fault, FilmRow } from '../../datasets/index.js';
import { boxesOf, type Drawn, imageName } from './annotatedSet.js';

/** The split that a films file puts a patient into; '' for a patient or split that it does not name. */
export interface PatientRow {
  readonly patient: string;
  readonly split: string;
  readonly file: string;
  readonly line: number;
}

/** Patients in two splits of any of the sets: the model would be measured on what it was trained on. */
export function leaks(sets: readonly { readonly patients: readonly PatientRow[] }[]): Fault[] {
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

export function unknownLabels({ films }: AnnotationSet, classes: readonly string[]): Fault[] {
  return films.flatMap(({ image, boxes, place }) =>
    boxes
      .filter(({ label }) => !classes.includes(label))
      .map((box) => ({
        ...(box.place ?? place ?? { file: image }),
        image,
        code: 'unknown-label' as const,
        message: `"${box.label}" is not one of the model's classes: ${classes.join(', ')}`,
      })),
  );
}

/** Annotated films that are missing from the films file. */
export function strangers({ films }: AnnotationSet, rows: readonly FilmRow[], drawn: Drawn): Fault[] {
  const known = new Set(rows.map(({ image }) => imageName(image, drawn)));
  return films
    .filter(({ image }) => !known.has(image))
    .map(({ image, place }) => ({
      ...(place ?? { file: image }),
      image,
      code: 'missing-image' as const,
      message: `${image} is not in ${String(drawn.files.films)}`,
    }));
}

/** Rows of the films file that disagree with the image or with its boxes. */
export function contradictions(row: FilmRow, file: string, drawn: Drawn): Fault[] {
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
