import { readFile } from 'node:fs/promises';
import { decodeText } from '../datasets/index.js';
import { wrongUse } from './exit.js';

/**
 * Reads a file that the caller named, with `option` if given.
 *
 * @throws UsageError if it can't be read
 */
export async function readGiven(path: string, option?: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw wrongUse(error, option);
  });
}

/**
 * The same, as text: UTF-8, or UTF-16 with its mark.
 *
 * @throws UsageError if it can't be read or isn't such text: replacing damaged letters could make two names the same
 */
export async function readGivenText(path: string, option?: string): Promise<string> {
  const bytes = await readGiven(path, option);
  try {
    return decodeText(bytes, path);
  } catch (error) {
    throw wrongUse(error, option);
  }
}
