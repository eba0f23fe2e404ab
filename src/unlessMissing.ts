/**
 * For the `catch` of a file operation: undefined if the file or folder doesn't exist; any other error is thrown again.
 *
 * @example
 * const text = await readFile(path, 'utf8').catch(unlessMissing);
 */
export function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
