import { codeOf, DatabaseUnavailable } from '../database/index.js';
import { FilmError } from '../imaging/index.js';
import { SubmissionRefused } from '../submission/index.js';
import { PacsError } from './dicomweb/pacsError.js';

/** What is logged and kept of an error: never a text that may hold something of a film, as those of databases do. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** Where it was thrown, for faults that nobody foresaw. */
  readonly where?: readonly string[];
}

export function faultOf(error: unknown): Fault {
  if (error instanceof PacsError || error instanceof SubmissionRefused || error instanceof FilmError)
    return { code: error.code, message: error.message };
  if (error instanceof DatabaseUnavailable) return { code: 'log-unavailable', message: 'The database is unavailable.' };
  if (!(error instanceof Error)) return { code: 'internal', message: 'An unforeseen fault.' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const message = `An unforeseen fault (${error.name}${codeOf(error) === undefined ? '' : ` ${codeOf(error)}`}).`;
  return { code: 'internal', message, where: frames.map((line) => line.trim()) };
}
