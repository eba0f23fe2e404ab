import { messageOf } from '../messageOf.js';

/** Exit codes of every command: fine, some inputs failed (the rest is done), wrong use. */
export const exitCode = { fine: 0, someFailed: 1, wrongUse: 2 } as const;

/** Wrong use: an option or path that can't be meant. Ends the command with exit code 2 and only the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type ErrorKind = abstract new (...args: never[]) => Error;

/**
 * Runs a task; errors of the given kinds are the caller's mistake.
 *
 * @throws UsageError with their message; any other error as it is
 * @example
 * const table = sayingWrongUse([FormatError], () => readFilms(text, name));
 */
export function sayingWrongUse<T>(kinds: readonly ErrorKind[], task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw kinds.some((kind) => error instanceof kind) ? wrongUse(error) : error;
  }
}

/** Turns what was caught into the caller's mistake; `option`: the option or file that it is about. */
export function wrongUse(error: unknown, option?: string): UsageError {
  return new UsageError(`${option === undefined ? '' : `${option}: `}${messageOf(error)}`, { cause: error });
}
