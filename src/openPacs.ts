import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { Engine } from './engine/index.js';
import type { Keeping } from './keeping.js';
import type { PacsWorker } from './pacs/index.js';
import type { Registry } from './registry/index.js';
import { version } from './version.js';

/** What the worker is made of; whoever made it closes it. */
export interface PacsParts extends Pick<Keeping, 'database' | 'log' | 'films'> {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly logger: Logger;
}

/** The worker for the sources of the settings, not yet started; undefined if they name none. */
export async function openPacs(
  config: Config,
  { database, log, films, engine, registry, logger }: PacsParts,
): Promise<PacsWorker | undefined> {
  if (config.PACS_SOURCES === '') return undefined;
  const { PacsWorker, readSources } = await import('./pacs/index.js');
  return PacsWorker.open({
    sources: readSources(config.PACS_SOURCES),
    database,
    log,
    submission: { engine, log, films, registry },
    maxFilmBytes: config.MAX_UPLOAD_BYTES,
    softwareVersion: version,
    filmsAtOnce: config.PACS_FILMS_AT_ONCE,
    retries: config.PACS_RETRIES,
    retryDelayS: config.PACS_RETRY_DELAY_S,
    analysisMs: config.DEADLINE_MS,
    logger: logger.child({ part: 'pacs' }),
  });
}
