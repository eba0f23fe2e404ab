import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  count,
  filmsOf,
  type FilmsTable,
  filmsWithoutRow,
  readFilms,
  splitByPatient,
  type SplitFilm,
  type SplitName,
  splitNames,
  writeFilms,
} from '../../datasets/index.js';
import { messageOf } from '../../messageOf.js';
import { exitCode, UsageError } from '../exit.js';
import { parseProbability, parseWholeNumber } from '../parsers.js';
import { replaceFile } from '../replaceFile.js';
import { reportFaults } from './faults.js';
import { type InputOptions, inputOptions, readInput } from './input.js';
import { readTextFile, sayingBadFormat } from './readFiles.js';
import { type PlacingOptions, splitFilms } from './splitFilms.js';
import { mayHaveBoxes, sayDoubtful } from './unlisted.js';

interface SplitOptions extends InputOptions, PlacingOptions {
  readonly imageColumn: string;
  readonly seed: number;
  readonly val: number;
  readonly test: number;
  readonly out: string;
  readonly json: boolean;
}

/** `annotations split`: divides films into training, validation and test, never a patient between two of them. */
export function splitCommand(): Command {
  const command = new Command('split')
    .description('put every patient into train, val or test, and write films.csv')
    .argument('<annotations>', 'the positive films; films without boxes come from --films or --images')
    .requiredOption('--out <file>', 'films.csv to write: the columns of --films, image, patient and split')
    .option('--films <file>', 'films.csv with a row for each film, negative ones too')
    .option(
      '--image-column <name>',
      "column of --films that names the image, as filename in covid-chestxray's metadata.csv",
      'image',
    )
    .option('--patient-column <name>', 'column of --films that names the patient', 'patient')
    .option(
      '--patient-pattern <regex>',
      'the patient is what the first group (or the whole pattern) matches in the file name',
      regex,
    )
    .option('--seed <number>', 'the same seed gives the same split', parseWholeNumber, 1)
    .option('--val <share>', 'share of the films', parseProbability, 0.1)
    .option('--test <share>', 'share of the films', parseProbability, 0)
    .option('--redraw', 'draw all splits again; without it, films keep the split that they have', false)
    .option('--json', 'print counts and faults as JSON', false)
    .action((path: string, options: SplitOptions) => split(path, options));
  for (const option of inputOptions()) command.addOption(option);
  return command;
}

async function split(path: string, options: SplitOptions): Promise<void> {
  if (options.val + options.test >= 1) throw new UsageError('--val and --test leave nothing to train on');
  if (options.films !== undefined && resolve(options.films) === resolve(options.out))
    throw new UsageError('--out is --films itself: films without a split would be lost from it');
  const input = await readInput(path, options);
  const boxed = new Map(input.set.films.map((film) => [film.image, film]));
  const table = options.films === undefined ? undefined : await readFilmsFile(options);
  const listed =
    table?.rows ??
    filmsOf([...new Set([...boxed.keys(), ...(input.images?.images ?? []).map(({ name }) => name)])]).rows;
  const isDoubtful = mayHaveBoxes(input);
  const rows = listed.filter(({ image }) => !isDoubtful(image));
  const { films, faults } = splitFilms(rows, boxed, table?.file ?? path, options);
  const unlisted = table === undefined ? [] : filmsWithoutRow([...boxed.values()], table);
  const all = [...input.faults, ...(table?.faults ?? []), ...faults, ...unlisted];
  reportFaults(all, input.notes);
  sayDoubtful(listed.length - rows.length);
  if (faults.some(({ code }) => code === 'leak')) {
    process.stderr.write(
      'nothing was written: a patient in two splits makes every figure wrong. --redraw draws the splits again.\n',
    );
    process.exitCode = exitCode.someFailed;
    return;
  }
  const splits = splitByPatient(films, options, options.seed);
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
  return sayingBadFormat(() =>
    readFilms(text, name, { imageColumn, required: patientPattern === undefined ? [patientColumn] : [] }),
  );
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
    throw new InvalidArgumentError(messageOf(error));
  }
}
