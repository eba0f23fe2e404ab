import { hash } from 'node:crypto';
import type { InstanceUids } from '../dicomweb/retrieve.js';
import type { Outcome } from '../outcome.js';

/** A film on a PACS that is to be analysed. Held while the job is, since its UIDs point to a patient. */
export interface FilmJobData extends InstanceUids {
  readonly source: string;
}

export interface FilmJob extends FilmJobData {
  readonly id: string;
}

/** What is kept with an ended try: never a UID, nor anything else of a film. */
export type TryOutput = Outcome | { readonly code: string; readonly message: string };

/**
 * The job's id, a UUID of version 8: one for each film, source and model. A film that is found again, by whichever
 * replica, is the same job.
 */
export function jobId({ source, instance }: Pick<FilmJobData, 'source' | 'instance'>, specSha256: string): string {
  const hex = hash('sha256', JSON.stringify([source, instance, specSha256]));
  const variant = ((parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
