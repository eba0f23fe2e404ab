import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  type AnnotationSet,
  count,
  type FormatName,
  formatNames,
  formats,
  type WriteOptions,
  type Written,
} from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import { replaceFile } from '../replaceFile.js';
import { reportFaults, summary } from './faults.js';
import { type Input, type InputOptions, inputOptions, readInput, sayingWrongUse } from './input.js';

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
    .description('annotations of one format → another; what can’t be taken over is listed')
    .argument('<annotations>', 'file, or folder of one file a film')
    .addOption(new Option('--to <format>', 'format to write').choices(formatNames).makeOptionMandatory())
    .requiredOption('--out <path>', 'file to write; folder for formats of one file a film')
    .option('--add-negatives', 'images without annotation are films on which there is nothing', false)
    .option('--strict', 'write nothing where there is any fault', false)
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
      : sayingWrongUse(() => formats[options.to].write(set, writeOptions(options, input)));
  if (written === undefined) process.stderr.write('nothing was written, because of --strict\n');
  const isFolder = formats[options.to].layout === 'folder';
  const stale = written === undefined || !isFolder ? 0 : await othersThere(written, options);
  if (stale > 0)
    process.stderr.write(
      `${options.out} held ${count(stale, 'file')} of that kind already, which are not of these annotations and were left\n`,
    );
  const targets = written === undefined ? [] : await targetsOf(written, isFolder, options.out);
  refuseOwnInput(input, targets);
  for (const { path: target, text } of targets) await writeTarget(target, text);
  const paths = targets.map(({ path: target }) => target);
  for (const loss of written?.losses ?? []) process.stderr.write(`not in ${options.to}: ${loss}\n`);
  if (unlisted > 0 && !options.addNegatives) {
    process.stderr.write(
      `${count(unlisted, 'image')} without annotation ${unlisted === 1 ? 'is' : 'are'} left out; with --add-negatives they are films on which there is nothing\n`,
    );
  }
  if (doubtful > 0)
    process.stderr.write(
      `${count(doubtful, 'image')} ${doubtful === 1 ? 'is' : 'are'} left out, since a fault (above) may speak of ${doubtful === 1 ? 'it' : 'them'}\n`,
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
  const text = `${count(set.films.length, 'film')} with ${count(boxes, 'box')} from ${input.format} to ${options.to}, ${summary(input.faults)}\n`;
  process.stdout.write(options.json ? `${JSON.stringify(facts, null, 2)}\n` : text);
}

/** Whose boxes a broken row held nobody knows: each film without annotation may be the one, and must not pass for one on which there is nothing. */
function refuseNamelessFaults({ faults }: Input): void {
  const nameless = faults.filter(({ image }) => image === undefined);
  if (nameless.length > 0)
    throw new UsageError(
      `${count(nameless.length, 'fault')} (above) name no film, so --add-negatives can't tell which films have nothing on them: mend the annotations first`,
    );
}

interface Unlisted {
  /** With or without the images of which the annotations say nothing. */
  readonly set: AnnotationSet;
  readonly unlisted: number;
  /** Images that may be a film which the annotations name and which was not found: as one that they do not name, it would have no boxes. */
  readonly doubtful: number;
}

function withUnlisted({ set, faults, images }: Input, add: boolean): Unlisted {
  const films = new Set(set.films.map(({ image }) => image));
  // A film that was left out because of a fault is listed, too.
  const found = new Set(faults.flatMap(({ image = '' }) => images?.find(image)?.name ?? []));
  const meant = new Set(
    faults.flatMap(({ image = '' }) =>
      (images?.find(image) === undefined ? (images?.namesakes(image) ?? []) : []).map(({ name }) => name),
    ),
  );
  const others = (images?.images ?? []).filter(
    ({ name, size }) => size !== undefined && !films.has(name) && !found.has(name),
  );
  // An annotated film that has no namesake here may be any of the images without annotation, under another name.
  const astray = faults.some(
    ({ code, image }) => code === 'missing-image' && image !== undefined && images?.namesakes(image).length === 0,
  );
  const unlisted = others.filter(({ name }) => !meant.has(name) && !(add && astray));
  const negatives = unlisted.map(({ name, size }) => ({
    image: name,
    ...(size === undefined ? {} : { size }),
    boxes: [],
  }));
  return {
    set: add ? { ...set, films: [...set.films, ...negatives] } : set,
    unlisted: unlisted.length,
    doubtful: others.length - unlisted.length,
  };
}

function writeOptions({ to, images, label, vocPixels }: ConvertOptions, { classes }: Input): WriteOptions {
  return {
    ...(classes === undefined ? {} : { classes }),
    ...(label === undefined ? {} : { label }),
    ...(vocPixels === undefined ? {} : { vocPixels }),
    // keras-yolo3 opens the paths as they stand.
    ...(to === 'keras-yolo3' && images !== undefined ? { imagesFolder: images } : {}),
  };
}

/** Label files of an earlier run would be read as part of this set. */
async function othersThere({ files }: Written, { to, out }: ConvertOptions): Promise<number> {
  const there = await readdir(out, { recursive: true }).catch(() => []);
  const own = new Set(files.map(({ name }) => join(name)));
  return there.filter((name) => formats[to].endings.includes(extname(name).toLowerCase()) && !own.has(name)).length;
}

interface Target {
  readonly path: string;
  readonly text: string;
}

/** One file goes to `out` itself, what belongs to it beside; several go below it. */
async function targetsOf({ files }: Written, isFolder: boolean, out: string): Promise<Target[]> {
  const asFolder = isFolder || extname(out) === '' || (await stat(out).catch(() => undefined))?.isDirectory() === true;
  return files.map(({ name, text }, i) => ({
    path: asFolder ? join(out, name) : i === 0 ? out : join(dirname(out), name),
    text,
  }));
}

/** What could not be taken over would be lost, with the lines that the faults name. */
function refuseOwnInput({ paths }: Input, targets: readonly Target[]): void {
  const read = new Set(paths.map((path) => resolve(path)));
  const own = targets.find(({ path }) => read.has(resolve(path)));
  if (own !== undefined)
    throw new UsageError(
      `${own.path} is one of the files that are converted: what could not be taken over would be lost from it`,
    );
}

async function writeTarget(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, text);
}
