import type { Logger } from 'pino';
import { PacsError } from './dicomweb/pacsError.js';
import { type Fault, faultOf } from './fault.js';
import { type FilmContext, handleFilm } from './handleFilm.js';
import type { FilmJob } from './jobs/filmJob.js';
import type { FilmQueue } from './jobs/queue.js';
import type { Outcome } from './outcome.js';
import type { Place } from './place.js';

interface Work {
  readonly film: FilmContext;
  readonly queue: FilmQueue;
  readonly places: ReadonlyMap<string, Place>;
  readonly logger: Logger;
}

/**
 * One try of a job, and its end in the queue. Never throws: if not even that can be written, the job expires and
 * another worker gets it.
 *
 * @returns what is counted: an outcome, or `failed`
 */
export async function workOnFilm(work: Work, job: FilmJob, signal: AbortSignal): Promise<string> {
  const { queue, logger } = work;
  const ended = await tryFilm(work, job, signal);
  const line = { job: job.id, source: job.source, ...ended };
  const isDone = 'outcome' in ended;
  try {
    if (isDone) await queue.complete(job.id, ended);
    else await queue.fail(job.id, { code: ended.code, message: ended.message });
  } catch (error) {
    logger.warn({ ...line, ...faultOf(error) }, "a film's job could not be ended; it will be done again");
  }
  if (isDone) logger.info(line, 'film from a PACS');
  else logger.warn(line, 'a film from a PACS failed; trying again later, unless this was the last try');
  return isDone ? ended.outcome : 'failed';
}

async function tryFilm({ film, places }: Work, job: FilmJob, signal: AbortSignal): Promise<Outcome | Fault> {
  const place = places.get(job.source);
  if (place === undefined) return { code: 'unknown-source', message: 'Its source is no longer in PACS_SOURCES.' };
  try {
    return await handleFilm(film, place, job, signal);
  } catch (error) {
    return faultOf(signal.aborted ? new PacsError('stopped', 'The try was given up.') : error);
  }
}
