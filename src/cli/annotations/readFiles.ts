import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import {
  decodeText,
  FormatError,
  type FormatName,
  formatNames,
  formats,
  guessFormat,
  isClassList,
  type TextFile,
  unreadFormat,
} from '../../datasets/index.js';
import { sayingWrongUse, UsageError } from '../exit.js';
import { readGiven } from '../readGiven.js';

/**
 * The annotation files at a path, and their format: `from`, or the one that they look like.
 *
 * @throws UsageError if there is no such path, no file of the format, or no way to tell the format
 */
export async function readFiles(
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

/** The format that the files look like; says so on stderr, since it is a guess. */
function guessed(files: readonly TextFile[], path: string): FormatName {
  const guesses = files.flatMap((file) => guessFormat(file) ?? []);
  const [first] = guesses;
  const [unread] = first === undefined ? files.flatMap((file) => unreadFormat(file) ?? []) : [];
  if (unread !== undefined) throw new UsageError(`${path} looks like ${unread}`);
  if (first === undefined)
    throw new UsageError(`${path} looks like none of ${formatNames.join(', ')}; name its format with --from`);
  const other = guesses.find(({ format }) => format !== first.format);
  if (other !== undefined)
    throw new UsageError(`${path} holds ${first.because} and ${other.because}; choose one with --from`);
  process.stderr.write(`${path}: assumed to be ${first.because}; --from ${first.format} avoids the guess\n`);
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

/** @throws UsageError if the file can't be read or isn't text */
export async function readTextFile(path: string): Promise<TextFile> {
  const bytes = await readGiven(path);
  return sayingBadFormat(() => ({ name: path, text: decodeText(bytes, path) }));
}

/** A file that isn't in the given format is the caller's mistake. */
export function sayingBadFormat<T>(task: () => T): T {
  return sayingWrongUse([FormatError], task);
}
