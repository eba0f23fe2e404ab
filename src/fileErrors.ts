/**
 * For the `catch` of a file operation: undefined if the file or folder doesn't exist; rethrows any other error.
 *
 * @example
 * const text = await readFile(path, 'utf8').catch(unlessMissing);
 */
export function unlessMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

/** The same for what must not exist yet: undefined if it does. */
export function unlessPresent(error: unknown): undefined {
  if (!hasCode(error, 'EEXIST')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
