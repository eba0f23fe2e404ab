import type { Logger } from 'pino';
import type { Registry } from '../registry/index.js';
import { faultOf } from './fault.js';
import { jobId } from './jobs/filmJob.js';
import type { FilmQueue } from './jobs/queue.js';
import type { Place } from './place.js';
import { SourcesError } from './sources/readSources.js';
import type { Source } from './sources/source.js';
import { sweep } from './sweep.js';

interface Pass {
  readonly queue: FilmQueue;
  readonly registry: Pick<Registry, 'models' | 'defaultModel'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onAdded: () => void;
}

/**
 * One pass over a source: what it has goes into the queue, and how that went into the place's state. Never throws.
 *
 * @returns undefined if it was given up
 */
export async function passOver(place: Place, pass: Pass): Promise<'done' | 'failed' | undefined> {
  const { source, state } = place;
  const { signal, logger } = pass;
  try {
    const { seen, fault } = await sweep(place, { seen: place.seen, now: new Date(), signal }, async (films) => {
      const specSha256 = specOf(source, pass.registry);
      const jobs = films.map((uids) => ({ ...uids, source: source.name }));
      await pass.queue.add(jobs.map((job) => ({ ...job, id: jobId(job, specSha256) })));
      pass.onAdded();
    });
    place.seen = seen;
    if (fault !== undefined) throw fault;
    state.swept();
    return 'done';
  } catch (error) {
    if (signal.aborted) return undefined;
    const fault = faultOf(error);
    // Once for each kind of failure: a PACS may be away for a night.
    if (state.failed(fault.code))
      logger.warn({ source: source.name, ...fault }, 'a PACS is not read, or not all of it');
    return 'failed';
  }
}

/**
 * Of the source's model: a new one makes new jobs of the films in the window.
 *
 * @throws SourcesError
 */
export function specOf({ name, model }: Source, { models, defaultModel }: Pass['registry']): string {
  const found = models.get(model ?? defaultModel);
  if (found === undefined) throw new SourcesError(`${name}: there is no model ${model ?? defaultModel}`);
  return found.specSha256;
}
