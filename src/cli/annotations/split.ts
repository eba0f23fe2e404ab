import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  type AnnotatedFilm,
  baseName,
  count,
  type Fault,
  filmsOf,
  type FilmRow,
  type FilmsTable,
  filmsWithoutRow,
  groupBy,
  readFilms,
  splitByPatient,
  type SplitFilm,
  type SplitName,
  splitNames,
  writeFilms,
} from '../../datasets/index.js';
import { exitCode, parseProbability, UsageError } from '../exit.js';
import { replaceFile } from '../replaceFile.js';
import { reportFaults } from './faults.js';
import { type InputOptions, inputOptions, readInput, readTextFile, sayingWrongUse } from './input.js';

interface SplitOptions extends InputOptions {
  readonly films?: string;
  readonly imageColumn: string;
  readonly patientColumn: string;
  readonly patientPattern?: RegExp;
  readonly seed: number;
  readonly val: number;
  readonly test: number;
  readonly redraw: boolean;
  readonly out: string;
  readonly json: boolean;
}

/** `annotations split`: which films are for training, which for validation and test; never a patient in two. */
export function splitCommand(): Command {
  const command = new Command('split')
    .description('put every patient into train, val or test, and write films.csv')
    .argument('<annotations>', 'they say which films are positive; films without boxes come from --films or --images')
    .requiredOption('--out <file>', 'films.csv to write: the columns of --films, image, patient and split')
    .option('--films <file>', 'films.csv with a row a film, negative ones too')
    .option(
      '--image-column <name>',
      'column of --films that names the image, as filename in covid-chestxray’s metadata.csv',
      'image',
    )
    .option('--patient-column <name>', 'column of --films that names the patient', 'patient')
    .option(
      '--patient-pattern <regex>',
      'the patient is what its first group (or all of it) matches in the file name',
      regex,
    )
    .option('--seed <number>', 'the same seed gives the same split', wholeNumber, 1)
    .option('--val <share>', 'share of the films', parseProbability, 0.1)
    .option('--test <share>', 'share of the films', parseProbability, 0)
    .option('--redraw', 'draw anew where the films have a split already; else it is kept', false)
    .option('--json', 'print counts and faults as JSON', false)
    .action((path: string, options: SplitOptions) => split(path, options));
  for (const option of inputOptions()) command.addOption(option);
  return command;
}

async function split(path: string, options: SplitOptions): Promise<void> {
  if (options.val + options.test >= 1) throw new UsageError('--val and --test leave nothing to train on');
  if (options.films !== undefined && resolve(options.films) === resolve(options.out))
    throw new UsageError('--out is --films itself: films that can’t be placed would be lost from it');
  const input = await readInput(path, options);
  const boxed = new Map(input.set.films.map((film) => [film.image, film]));
  const table = options.films === undefined ? undefined : await readFilmsFile(options);
  const rows =
    table?.rows ??
    filmsOf([...new Set([...boxed.keys(), ...(input.images?.images ?? []).map(({ name }) => name)])]).rows;
  const { films, faults } = splitFilms(rows, boxed, table?.file ?? path, options);
  const unlisted = table === undefined ? [] : filmsWithoutRow([...boxed.values()], table);
  const all = [...input.faults, ...(table?.faults ?? []), ...faults, ...unlisted];
  reportFaults(all, input.notes);
  if (faults.some(({ code }) => code === 'leak')) {
    process.stderr.write(
      'nothing was written: a patient in two splits makes every figure wrong. --redraw draws anew.\n',
    );
    process.exitCode = exitCode.someFailed;
    return;
  }
  const splits = splitByPatient(films, options, options.seed);
  await mkdir(dirname(options.out), { recursive: true });
  const columns = table?.columns ?? ['image'];
  const patients = new Map(films.map(({ image, patient }) => [image, patient]));
  await replaceFile(
    options.out,
    writeFilms(
      { columns, rows },
      {
        image: ({ image }) => image,
        patient: ({ image }) => patients.get(image),
        split: ({ image }) => splits.get(image),
      },
    ),
  );
  const counts = countsOf(films, splits);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ out: options.out, seed: options.seed, splits: counts, faults: all }, null, 2)}\n`
      : counts.map(countLine).join(''),
  );
}

async function readFilmsFile({
  films: path = '',
  imageColumn,
  patientPattern,
  patientColumn,
}: SplitOptions): Promise<FilmsTable> {
  const { name, text } = await readTextFile(path);
  return sayingWrongUse(() =>
    readFilms(text, name, { imageColumn, required: patientPattern === undefined ? [patientColumn] : [] }),
  );
}

/** The films that can be placed, and a fault for each that can't. */
function splitFilms(
  rows: readonly FilmRow[],
  boxed: ReadonlyMap<string, AnnotatedFilm>,
  file: string,
  options: SplitOptions,
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

function patientOf(row: FilmRow, { films, patientColumn, patientPattern }: SplitOptions): string | undefined {
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

interface SplitCount {
  readonly split: SplitName;
  readonly films: number;
  readonly positive: number;
  readonly patients: number;
}

function countsOf(films: readonly SplitFilm[], splits: ReadonlyMap<string, SplitName>): SplitCount[] {
  return splitNames.map((name) => {
    const own = films.filter(({ image }) => splits.get(image) === name);
    return {
      split: name,
      films: own.length,
      positive: own.filter(({ stratum }) => stratum.endsWith('positive')).length,
      patients: new Set(own.map(({ patient }) => patient)).size,
    };
  });
}

function countLine({ split: name, films, positive, patients }: SplitCount): string {
  return `${name.padEnd(6)} ${count(films, 'film')} (${positive} positive) of ${count(patients, 'patient')}\n`;
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
