import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Option } from 'commander';
import {
  decodeText,
  FormatError,
  type FormatName,
  formatNames,
  formats,
  guessFormat,
  type ImageIndex,
  isClassList,
  readAnnotations,
  readClassList,
  type ReadContext,
  type Reading,
  type TextFile,
} from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import { readImageFolder } from './images.js';

/** Options of every command that reads annotations. */
export interface InputOptions {
  readonly from?: FormatName;
  readonly images?: string;
  readonly classes?: string;
  readonly label?: string;
  readonly vocPixels?: 'edges' | 'one-based';
  readonly viaLabel?: string;
  readonly clip?: boolean;
  readonly crowdsAsBoxes?: boolean;
}

export interface Input extends Reading {
  readonly format: FormatName;
  /** The files that were read. */
  readonly paths: readonly string[];
  readonly images?: ImageIndex;
  readonly classes?: readonly string[];
}

export function inputOptions(): Option[] {
  return [
    new Option('--from <format>', 'format of the annotations (default: what they look like, which is said)').choices(
      formatNames,
    ),
    new Option('--images <dir>', 'folder of the images: they must be there, and boxes must lie on them'),
    new Option(
      '--classes <file>',
      'class names in the order of their numbers, one a line, or a data.yaml; any other label is a fault',
    ),
    new Option('--label <name>', 'label of the boxes of RSNA CSV, which has one class (default: opacity)'),
    new Option(
      '--voc-pixels <how>',
      'how Pascal VOC counts pixels: edges from 0, or first and last pixel from 1',
    ).choices(['edges', 'one-based']),
    new Option('--via-label <attribute>', 'the VIA region attribute that holds the label'),
    new Option('--clip', 'clip boxes that reach over the border of their film (default: such a film is left out)'),
    new Option('--crowds-as-boxes', 'COCO: take annotations with iscrowd 1 as boxes of one thing, as masks often are'),
  ];
}

/** Reads annotations, with the images and classes that they are checked against. */
export async function readInput(path: string, options: InputOptions): Promise<Input> {
  const { format, files } = await readFiles(path, options.from);
  const classes = options.classes === undefined ? undefined : readClassList(await readTextFile(options.classes));
  const images = options.images === undefined ? undefined : await readImageFolder(options.images);
  const context: ReadContext = {
    ...(classes === undefined ? {} : { classes }),
    ...(images === undefined ? {} : { images }),
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(options.vocPixels === undefined ? {} : { vocPixels: options.vocPixels }),
    ...(options.viaLabel === undefined ? {} : { viaLabel: options.viaLabel }),
    ...(options.clip === undefined ? {} : { clip: options.clip }),
    ...(options.crowdsAsBoxes === undefined ? {} : { crowdsAsBoxes: options.crowdsAsBoxes }),
  };
  const reading = sayingWrongUse(() => readAnnotations(format, files, context));
  return {
    format,
    paths: files.map(({ name }) => name),
    ...reading,
    ...(images === undefined ? {} : { images }),
    ...(classes === undefined ? {} : { classes }),
  };
}

/** A file that is something else than what it was called is the caller's to correct. */
export function sayingWrongUse<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof FormatError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function readFiles(
  path: string,
  from: FormatName | undefined,
): Promise<{ format: FormatName; files: readonly TextFile[] }> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UsageError(`There is no file or folder ${path}`);
  if (!found.isDirectory()) {
    const file = await readTextFile(path);
    const format = from ?? guessed([file], path);
    return { format, files: [file, ...(await classListBeside(path))].slice(0, numbersClasses(format) ? undefined : 1) };
  }
  const files = await readFolder(
    path,
    from === undefined ? ['.csv', '.json', '.xml', '.txt', '.names', '.yaml', '.yml'] : formats[from].endings,
  );
  const format = from ?? guessed(files, path);
  const own = files.filter(
    ({ name }) =>
      formats[format].endings.includes(extname(name).toLowerCase()) && (numbersClasses(format) || !isClassList(name)),
  );
  if (own.length === 0)
    throw new UsageError(`${path} holds no file of ${formats[format].title} (${formats[format].endings.join(', ')})`);
  return { format, files: own };
}

function numbersClasses(format: FormatName): boolean {
  return format === 'yolo' || format === 'keras-yolo3';
}

/** Which format it looks like, and says so: a guess must not pass in silence. */
function guessed(files: readonly TextFile[], path: string): FormatName {
  const guesses = files.flatMap((file) => guessFormat(file) ?? []);
  const [first] = guesses;
  if (first === undefined)
    throw new UsageError(`${path} looks like none of ${formatNames.join(', ')}; say what it is with --from`);
  const other = guesses.find(({ format }) => format !== first.format);
  if (other !== undefined)
    throw new UsageError(`${path} holds ${first.because} and ${other.because}; say which is meant with --from`);
  process.stderr.write(`${path}: taken for ${first.because}; --from ${first.format} says so without a guess\n`);
  return first.format;
}

async function readFolder(folder: string, endings: readonly string[]): Promise<TextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && endings.includes(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name));
  const files: TextFile[] = [];
  for (const path of paths.sort()) files.push(await readTextFile(path));
  return files;
}

async function classListBeside(path: string): Promise<TextFile[]> {
  const names = await readdir(dirname(path));
  const lists = names.filter((name) => isClassList(name));
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? [await readTextFile(join(dirname(path), only))] : [];
}

export async function readTextFile(path: string): Promise<TextFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
  return sayingWrongUse(() => ({ name: path, text: decodeText(bytes, path) }));
}
