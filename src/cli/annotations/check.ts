import { Command } from 'commander';
import {
  count,
  type Fault,
  type FilmsTable,
  filmsWithoutRow,
  groupBy,
  type ImageIndex,
  readFilms,
} from '../../datasets/index.js';
import { reportFaults, summary } from './faults.js';
import { type InputOptions, inputOptions, readInput } from './input.js';
import { fingerprints, nearDuplicates } from './nearDuplicates.js';
import { readTextFile, sayingBadFormat } from './readFiles.js';

interface CheckOptions extends InputOptions {
  readonly films: string;
  readonly images: string;
  readonly all: boolean;
  readonly json: boolean;
}

/** `annotations check`: finds everything in the data that would make figures wrong. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'find faults in annotations, missing and broken films, patients in two splits, ' +
        'and the same film in two splits under two names',
    )
    .argument('<annotations>')
    .requiredOption('--films <file>', 'films.csv with image and, if known, patient and split')
    .option('--all', 'also list near-duplicates within a split and of one patient', false)
    .option('--json', 'print the findings as JSON', false)
    .action((path: string, options: CheckOptions) => check(path, options));
  for (const option of inputOptions())
    command.addOption(option.long === '--images' ? option.makeOptionMandatory() : option);
  return command;
}

async function check(path: string, options: CheckOptions): Promise<void> {
  const input = await readInput(path, options);
  const { name, text } = await readTextFile(options.films);
  const table = sayingBadFormat(() => readFilms(text, name));
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

/** Says which checks couldn't be made, so that "no faults" doesn't seem to cover them. */
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
