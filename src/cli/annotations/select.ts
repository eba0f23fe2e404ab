import { copyFile, lstat, mkdir, readlink, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type Condition,
  count,
  type CsvTable,
  type TableRow,
  type Fault,
  groupBy,
  meets,
  parseCondition,
  readTable,
} from '../../datasets/index.js';
import { csvLine } from '../../csv/index.js';
import { UsageError } from '../exit.js';
import { replaceFile } from '../replaceFile.js';
import { reportFaults, summary } from './faults.js';
import { readTextFile, sayingBadFormat } from './readFiles.js';

interface SelectOptions {
  readonly images: string;
  readonly out: string;
  readonly where: readonly Condition[];
  readonly imageColumn: string;
  readonly link: boolean;
  readonly json: boolean;
}

/** `annotations select`: picks films of a collection by its metadata. */
export function selectCommand(): Command {
  return new Command('select')
    .description('copy or link the films of a collection that its metadata CSV describes, with their rows')
    .argument('<metadata>', 'CSV with a row per film, like metadata.csv of ieee8023/covid-chestxray-dataset')
    .requiredOption('--images <dir>', "folder of the collection's images")
    .requiredOption('--out <dir>', 'gets images/ and metadata.csv')
    .option(
      '--where <condition>',
      'column=value or column!=value; several for one column: any of the values; for different columns: all; ' +
        'a value may leave out the levels above it (COVID-19 for Pneumonia/Viral/COVID-19)',
      condition,
      [],
    )
    .option('--image-column <name>', 'column that names the image', 'filename')
    .addOption(new Option('--link', 'symbolic links instead of copies').default(false).conflicts('copy'))
    .addOption(new Option('--copy', 'copies (the default)').default(false))
    .option('--json', 'print counts and faults as JSON', false)
    .action((path: string, options: SelectOptions) => select(path, options));
}

async function select(path: string, options: SelectOptions): Promise<void> {
  if (resolve(options.out, 'metadata.csv') === resolve(path))
    throw new UsageError(
      `${options.out} holds the collection itself: its metadata.csv would be replaced by the selection`,
    );
  const { text } = await readTextFile(path);
  const table = sayingBadFormat(() =>
    readTable(text, path, [options.imageColumn, ...options.where.map(({ column }) => column)]),
  );
  const wanted = table.rows.filter((row) => meets(row, options.where));
  if (wanted.length === 0 && options.where.length > 0)
    throw new UsageError(
      `${path}: none of ${count(table.rows.length, 'row')} meets the conditions; ${valuesOf(table, options.where)}`,
    );
  const faults: Fault[] = [...table.faults];
  const taken = new Map<string, number>();
  const rows: TableRow[] = [];
  for (const row of wanted) {
    const image = row.cell(options.imageColumn);
    const before = taken.get(image);
    const problem =
      image === ''
        ? bad('bad-row', `the column ${options.imageColumn} is empty`)
        : before === undefined
          ? await take(image, options)
          : bad('duplicate', `${image} was taken by line ${before} already`);
    if (problem !== undefined)
      faults.push({ file: path, line: row.line, ...(image === '' ? {} : { image }), ...problem });
    else {
      taken.set(image, row.line);
      rows.push(row);
    }
  }
  await replaceFile(
    join(options.out, 'metadata.csv'),
    [csvLine(table.columns), ...rows.map(({ cells }) => csvLine(cells))].join(''),
  );
  reportFaults(faults);
  const facts = { rows: table.rows.length, meeting: wanted.length, taken: rows.length, out: options.out, faults };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(facts, null, 2)}\n`
      : `${rows.length} of ${count(wanted.length, 'film')} that meet the conditions (${table.rows.length} rows) ` +
          `are in ${options.out}, ${summary(faults)}\n`,
  );
}

/** "finding holds No Finding (3), SARS (1)": the values to choose from, most frequent first. */
function valuesOf({ rows }: CsvTable, where: readonly Condition[]): string {
  const columns = [...new Set(where.map(({ column }) => column))];
  const told = columns.map((column) => {
    const values = [...groupBy(rows, (row) => row.cell(column))].sort(([, a], [, b]) => b.length - a.length);
    const more = values.length > mostValues ? ` and ${values.length - mostValues} more` : '';
    return `${column} holds ${values
      .slice(0, mostValues)
      .map(([value, own]) => `${value === '' ? 'nothing' : value} (${own.length})`)
      .join(', ')}${more}`;
  });
  return told.join('; ');
}

const mostValues = 10;

type Problem = Pick<Fault, 'code' | 'message'>;

function bad(code: Fault['code'], message: string): Problem {
  return { code, message };
}

/** Copies or links one image; returns the problem if it can't. */
async function take(image: string, { images, out, link }: SelectOptions): Promise<Problem | undefined> {
  const source = resolve(images, image);
  const target = resolve(out, 'images', image);
  if (relative(resolve(images), source).split(sep)[0] === '..') return bad('bad-row', `${image} is outside ${images}`);
  const found = await stat(source).catch(() => undefined);
  if (found?.isFile() !== true) return bad('missing-image', `there is no image ${image} in ${images}`);
  await mkdir(dirname(target), { recursive: true });
  const there = await lstat(target).catch(() => undefined);
  if (!link) {
    if (there?.isSymbolicLink() === true)
      return bad('duplicate', `${target} is already a link; remove it to get a copy`);
    await copyFile(source, target);
    return undefined;
  }
  if (there === undefined) await symlink(source, target);
  else if (!there.isSymbolicLink() || (await readlink(target)) !== source)
    return bad('duplicate', `${target} already exists and is another file`);
  return undefined;
}

function condition(text: string, before: readonly Condition[]): Condition[] {
  const parsed = parseCondition(text);
  if (parsed === undefined) throw new InvalidArgumentError('It must look like view=PA or view!=L.');
  return [...before, parsed];
}
