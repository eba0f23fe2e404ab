import {
  type AnnotatedFilm,
  baseName,
  type Fault,
  type FilmRow,
  groupBy,
  type SplitFilm,
  splitNames,
} from '../../datasets/index.js';
import { UsageError } from '../exit.js';

/** Options that say which patient a film belongs to, and whether existing splits are kept. */
export interface PlacingOptions {
  readonly films?: string;
  readonly patientColumn: string;
  readonly patientPattern?: RegExp;
  readonly redraw: boolean;
}

/** The films that can be put into a split, and a fault for each that can't. */
export function splitFilms(
  rows: readonly FilmRow[],
  boxed: ReadonlyMap<string, AnnotatedFilm>,
  file: string,
  options: PlacingOptions,
): { films: SplitFilm[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const lines = new Map(rows.map(({ image, line }) => [image, line]));
  const placeOf = (image: string) =>
    options.films === undefined ? (boxed.get(image)?.place ?? { file }) : { file, line: lines.get(image) ?? 1 };
  const films = rows.flatMap((row): SplitFilm[] => {
    const { image } = row;
    const patient = patientOf(row, options);
    if (patient === undefined) {
      faults.push({ ...placeOf(image), image, code: 'no-patient', message: `nothing says whose film ${image} is` });
      return [];
    }
    const before = options.redraw ? '' : row.cell('split');
    const fixed = splitNames.find((name) => name === before);
    if (before !== '' && fixed === undefined)
      faults.push({
        ...placeOf(image),
        image,
        code: 'bad-row',
        message: `the split is "${before}", none of ${splitNames.join(', ')}; it is drawn anew`,
      });
    const positive = (boxed.get(image)?.boxes.length ?? 0) > 0;
    return [
      {
        image,
        patient,
        stratum: `${row.cell('source')} ${positive ? 'positive' : 'negative'}`,
        ...(fixed === undefined ? {} : { fixed }),
      },
    ];
  });
  for (const [patient, own] of groupBy(films, (film) => film.patient)) {
    const places = groupBy(
      own.filter(({ fixed }) => fixed !== undefined),
      ({ fixed }) => fixed,
    );
    if (places.size < 2) continue;
    const where = [...places].map(
      ([name, group]) => `${name ?? ''} (${group.map(({ image }) => `line ${lines.get(image) ?? 0}`).join(', ')})`,
    );
    faults.push({
      ...placeOf(own[0]?.image ?? ''),
      code: 'leak',
      message: `the patient ${patient} is in ${where.join(' and ')}`,
    });
  }
  return { films, faults };
}

function patientOf(row: FilmRow, { films, patientColumn, patientPattern }: PlacingOptions): string | undefined {
  if (patientPattern !== undefined) {
    const match = patientPattern.exec(baseName(row.image));
    return match?.[1] ?? match?.[0];
  }
  if (films === undefined)
    throw new UsageError(
      'whose film it is must come from --films (--patient-column) or from the file name (--patient-pattern)',
    );
  const patient = row.cell(patientColumn);
  return patient === '' ? undefined : patient;
}
