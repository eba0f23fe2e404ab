import { InvalidArgumentError } from 'commander';

/** Exit codes of every command: fine, some inputs failed (the rest is done), wrong use. */
export const exitCode = { fine: 0, someFailed: 1, wrongUse: 2 } as const;

/** Wrong use: an option or path that can't be meant. Ends the command with exit code 2 and the message alone. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** For options that hold a probability. */
export function parseProbability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}
