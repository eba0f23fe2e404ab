/** A results file that can't be read; the message names the line. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

/** Refuses a cell or a line of the head. */
export type Fail = (message: string) => never;

export function list(cell: string): string[] {
  return cell === '' ? [] : cell.split(';');
}

/** `name:value` */
export function pair(text: string, fail: Fail, read = numberIn): { name: string; value: number } {
  const [name = '', value = ''] = text.split(':');
  return { name: decoded(name, fail), value: read(value, fail) };
}

export function decoded(name: string, fail: Fail): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return fail(`"${name}" is not a percent-encoded name`);
  }
}

export function numberIn(text: string, fail: Fail): number {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? fail(`"${text}" is not a number`) : value;
}

/** Scores, probabilities and overlaps. */
export function shareIn(text: string, fail: Fail): number {
  const value = numberIn(text, fail);
  return value >= 0 && value <= 1 ? value : fail(`"${text}" is not a number from 0 to 1`);
}
