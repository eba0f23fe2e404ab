import { InvalidArgumentError } from 'commander';

/** Parser of options that hold a probability or a share. */
export function parseProbability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

export function parseWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a number greater than 0.');
  return value;
}

/** `416`, or width x height as `416x320`; in pixels. */
export function parseInputSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,4})(?:[x×](\d{1,4}))?$/.exec(text) ?? [];
  if (width === undefined || Number(width) === 0 || Number(height ?? width) === 0)
    throw new InvalidArgumentError('It must be 416, or width x height as 416x320.');
  return { width: Number(width), height: Number(height ?? width) };
}

/** For options that may be given several times. */
export function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
