import { join } from 'node:path';
import { Command } from 'commander';
import {
  count,
  type Fault,
  type FilmRow,
  type FilmsTable,
  filmsWithoutRow,
  findNearDuplicates,
  type Fingerprint,
  fingerprintOf,
  groupBy,
  type ImageIndex,
  readFilms,
} from '../../datasets/index.js';
import { progressBar } from '../progress.js';
import { reportFaults, summary } from './faults.js';
import { type InputOptions, inputOptions, readInput, readTextFile, sayingWrongUse } from './input.js';
import { readGreySquare } from './pictures.js';

interface CheckOptions extends InputOptions {
  readonly films: string;
  readonly images: string;
  readonly all: boolean;
  readonly json: boolean;
}

/** `annotations check`: what would make figures wrong. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'faults of annotations, films that are missing or broken, patients in two splits, and the same film in two splits under two names',
    )
    .argument('<annotations>')
    .requiredOption('--films <file>', 'films.csv with image, and patient and split where they are known')
    .option('--all', 'list near-duplicates within a split and of one patient, too', false)
    .option('--json', 'print what was found as JSON', false)
    .action((path: string, options: CheckOptions) => check(path, options));
  for (const option of inputOptions())
    command.addOption(option.long === '--images' ? option.makeOptionMandatory() : option);
  return command;
}

async function check(path: string, options: CheckOptions): Promise<void> {
  const input = await readInput(path, options);
  const { name, text } = await readTextFile(options.films);
  const table = sayingWrongUse(() => readFilms(text, name));
  const { images } = input;
  if (images === undefined) throw new Error('check without a folder of images');
  const faults = [
    ...input.faults,
    ...table.faults,
    ...filmsWithoutRow(input.set.films, table),
    ...missing(table, images),
    ...leaks(table),
  ];
  sayUnknown(table);
  const { films, broken } = await fingerprints(table, images, options.images);
  const duplicates = nearDuplicates(films, table.file, options.all);
  const all = [...faults, ...broken, ...duplicates];
  reportFaults(all, input.notes);
  const facts = { films: table.rows.length, compared: films.length, faults: all };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(facts, null, 2)}\n`
      : `${count(table.rows.length, 'film')}, ${films.length} compared: ${summary(all)}\n`,
  );
}

function missing({ file, rows }: FilmsTable, images: ImageIndex): Fault[] {
  return rows
    .filter(({ image }) => images.find(image) === undefined)
    .map(({ image, line }) => ({ file, line, image, code: 'missing-image', message: `there is no image ${image}` }));
}

/** "no faults" must not be said of what nobody could look for. */
function sayUnknown({ file, columns }: FilmsTable): void {
  const missing = ['patient', 'split'].filter((name) => !columns.some((column) => column.toLowerCase() === name));
  if (missing.length > 0)
    process.stderr.write(
      `${file} has no column ${missing.join(' and none ')}: a patient in two splits can't be found\n`,
    );
}

function leaks({ file, rows }: FilmsTable): Fault[] {
  const patients = groupBy(
    rows.filter((row) => row.cell('patient') !== '' && row.cell('split') !== ''),
    (row) => row.cell('patient'),
  );
  return [...patients].flatMap(([patient, own]) => {
    const splits = groupBy(own, (row) => row.cell('split'));
    if (splits.size < 2) return [];
    const where = [...splits].map(
      ([split, films]) => `${split} (${films.map(({ line }) => `line ${line}`).join(', ')})`,
    );
    return [
      {
        file,
        line: own[0]?.line ?? 1,
        code: 'leak' as const,
        message: `the patient ${patient} is in ${where.join(' and ')}`,
      },
    ];
  });
}

interface KnownFilm {
  readonly row: FilmRow;
  readonly fingerprint: Fingerprint;
}

async function fingerprints(
  { file, rows }: FilmsTable,
  images: ImageIndex,
  folder: string,
): Promise<{ films: KnownFilm[]; broken: Fault[] }> {
  const films: KnownFilm[] = [];
  const broken: Fault[] = [];
  const bar = progressBar(rows.length, 'reading');
  for (const row of rows) {
    const known = images.find(row.image);
    if (known !== undefined) {
      try {
        films.push({ row, fingerprint: fingerprintOf(await readGreySquare(join(folder, known.name))) });
      } catch (error) {
        const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
        broken.push({
          file,
          line: row.line,
          image: row.image,
          code: 'broken-image',
          message: `${row.image} can't be decoded: ${reason}`,
        });
      }
    }
    bar.increment();
  }
  bar.stop();
  return { films, broken };
}

/** Where films have splits, only pairs across them matter; where they have none, pairs of different patients. */
function nearDuplicates(films: readonly KnownFilm[], file: string, all: boolean): Fault[] {
  const splits = films.map(({ row }) => row.cell('split'));
  const patients = films.map(({ row }) => row.cell('patient'));
  const areSplit = splits.some((split) => split !== '');
  const matters = (a: number, b: number) =>
    areSplit ? splits[a] !== splits[b] : patients[a] !== patients[b] || patients[a] === '';
  const bar = progressBar(films.length, 'comparing');
  const pairs = findNearDuplicates(
    films.map(({ fingerprint }) => fingerprint),
    (a, b) => all || matters(a, b),
    () => {
      bar.increment();
    },
  );
  bar.stop();
  return pairs.flatMap(({ first, second, correlation }) => {
    const [a, b] = [films[first]?.row, films[second]?.row];
    if (a === undefined || b === undefined) return [];
    const across = a.cell('split') !== b.cell('split');
    const named = (row: FilmRow) => `${row.image}${row.cell('split') === '' ? '' : ` (${row.cell('split')})`}`;
    return [
      {
        file,
        line: b.line,
        image: b.image,
        code: across ? 'leak' : 'duplicate',
        message: `${named(b)} looks like the film of line ${a.line}, ${named(a)}: correlation ${correlation.toFixed(3)}`,
      } satisfies Fault,
    ];
  });
}
