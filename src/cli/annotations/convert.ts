import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  count,
  type FormatName,
  writtenFormats,
  formats,
  type WriteOptions,
  type Written,
} from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import { replaceFile } from '../replaceFile.js';
import { reportFaults, summary } from './faults.js';
import { type Input, type InputOptions, inputOptions, readInput } from './input.js';
import { sayingBadFormat } from './readFiles.js';
import { refuseNamelessFaults, withUnlisted } from './unlisted.js';

interface ConvertOptions extends InputOptions {
  readonly to: FormatName;
  readonly out: string;
  readonly addNegatives: boolean;
  readonly strict: boolean;
  readonly json: boolean;
}

/** `annotations convert`: from one format to another. */
export function convertCommand(): Command {
  const command = new Command('convert')
    .description("convert annotations to another format; lists what can't be converted")
    .argument('<annotations>', 'file, or folder with one file per film')
    .addOption(new Option('--to <format>', 'format to write').choices(writtenFormats).makeOptionMandatory())
    .requiredOption('--out <path>', 'file to write; a folder for formats with one file per film')
    .option('--add-negatives', 'images without annotation are negative films', false)
    .option('--strict', 'write nothing if there is any fault', false)
    .option('--json', 'print counts and faults as JSON', false)
    .action((path: string, options: ConvertOptions) => convert(path, options));
  for (const option of inputOptions()) command.addOption(option);
  return command;
}

async function convert(path: string, options: ConvertOptions): Promise<void> {
  const input = await readInput(path, options);
  reportFaults(input.faults, input.notes);
  if (options.addNegatives) refuseNamelessFaults(input);
  const { set, unlisted, doubtful } = withUnlisted(input, options.addNegatives);
  const written =
    options.strict && input.faults.length > 0
      ? undefined
      : sayingBadFormat(() => formats[options.to].write(set, writeOptions(options, input)));
  if (written === undefined) process.stderr.write('nothing was written, because of --strict\n');
  const isFolder = formats[options.to].layout === 'folder';
  const stale = written === undefined || !isFolder ? 0 : await othersThere(written, options);
  if (stale > 0)
    process.stderr.write(
      `${options.out} also has ${count(stale, 'file')} of that kind that don't belong to these annotations\n`,
    );
  const targets = written === undefined ? [] : await targetsOf(written, isFolder, options.out);
  refuseOwnInput(input, targets);
  for (const { path: target, text } of targets) await replaceFile(target, text);
  const paths = targets.map(({ path: target }) => target);
  for (const loss of written?.losses ?? []) process.stderr.write(`not in ${options.to}: ${loss}\n`);
  if (unlisted > 0 && !options.addNegatives) {
    process.stderr.write(
      `${count(unlisted, 'image')} without annotation ${isOrAre(unlisted)} left out; ` +
        `--add-negatives takes them as negative films\n`,
    );
  }
  if (doubtful > 0)
    process.stderr.write(
      `${count(doubtful, 'image')} ${isOrAre(doubtful)} left out, since a fault (above) may be about ` +
        `${doubtful === 1 ? 'it' : 'them'}\n`,
    );
  const boxes = set.films.reduce((sum, film) => sum + film.boxes.length, 0);
  const facts = {
    from: input.format,
    to: options.to,
    films: set.films.length,
    boxes,
    written: paths,
    losses: written?.losses ?? [],
    unlisted,
    notes: input.notes ?? [],
    faults: input.faults,
  };
  const counts = `${count(set.films.length, 'film')} with ${count(boxes, 'box')}`;
  const text = `${counts} from ${input.format} to ${options.to}, ${summary(input.faults)}\n`;
  process.stdout.write(options.json ? `${JSON.stringify(facts, null, 2)}\n` : text);
}

function isOrAre(n: number): string {
  return n === 1 ? 'is' : 'are';
}

function writeOptions({ to, images, label, vocPixels }: ConvertOptions, { classes }: Input): WriteOptions {
  return {
    ...(classes === undefined ? {} : { classes }),
    ...(label === undefined ? {} : { label }),
    ...(vocPixels === undefined ? {} : { vocPixels }),
    // keras-yolo3 opens the paths exactly as written.
    ...(to === 'keras-yolo3' && images !== undefined ? { imagesFolder: images } : {}),
  };
}

/** Counts label files of an earlier run, which would be read as part of this set. */
async function othersThere({ files }: Written, { to, out }: ConvertOptions): Promise<number> {
  const there = await readdir(out, { recursive: true }).catch(() => []);
  const own = new Set(files.map(({ name }) => join(name)));
  return there.filter((name) => formats[to].endings.includes(extname(name).toLowerCase()) && !own.has(name)).length;
}

interface Target {
  readonly path: string;
  readonly text: string;
}

/** A single file goes to `out` itself, its companions next to it; several go below it. */
async function targetsOf({ files }: Written, isFolder: boolean, out: string): Promise<Target[]> {
  const asFolder = isFolder || extname(out) === '' || (await stat(out).catch(() => undefined))?.isDirectory() === true;
  return files.map(({ name, text }, i) => ({
    path: asFolder ? join(out, name) : i === 0 ? out : join(dirname(out), name),
    text,
  }));
}

/** Overwriting the input would lose what couldn't be converted, and the lines that the faults name. */
function refuseOwnInput({ paths }: Input, targets: readonly Target[]): void {
  const read = new Set(paths.map((path) => resolve(path)));
  const own = targets.find(({ path }) => read.has(resolve(path)));
  if (own !== undefined)
    throw new UsageError(`${own.path} is one of the files to convert: what can't be converted would be lost from it`);
}
