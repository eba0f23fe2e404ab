import { readFile } from 'node:fs/promises';
import { wrongUse } from './exit.js';

/**
 * Reads a file that the caller named; `option`: by which option.
 *
 * @throws UsageError if it can't be read
 */
export async function readGiven(path: string, option?: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw wrongUse(error, option);
  });
}

/** The same, as UTF-8 text. */
export async function readGivenText(path: string, option?: string): Promise<string> {
  return (await readGiven(path, option)).toString('utf8');
}
