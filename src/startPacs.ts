import type { Logger } from 'pino';
import { type Config, ConfigError } from './config.js';
import { startKeeping } from './keeping.js';
import { openPacs } from './openPacs.js';
import type { PacsWorker } from './pacs/index.js';
import { startAnalysis } from './service.js';

/** The worker for PACS with an engine and a log of its own, without the HTTP side. */
export interface LonePacsWorker {
  readonly worker: PacsWorker;
  readonly close: () => Promise<void>;
}

/** Opens all it needs; leaves nothing open if a step fails. The worker is not yet started. */
export async function startPacs(config: Config, logger: Logger): Promise<LonePacsWorker> {
  if (config.PACS_SOURCES === '') throw new ConfigError('PACS_SOURCES is missing: a file that names the PACS');
  const running: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of running.splice(0).reverse()) await stop();
  };
  try {
    const { database, log, films, close: closeKeeping } = await startKeeping(config, logger);
    running.push(closeKeeping);
    const { registry, engine } = await startAnalysis(config, logger);
    running.push(() => engine.close());
    for (const { spec, ...hashes } of registry.models.values())
      await log.rememberModel({ name: spec.name, version: spec.version, onnxSha256: spec.onnxSha256, ...hashes });
    const worker = await openPacs(config, { database, log, films, engine, registry, logger });
    if (worker === undefined) throw new Error('no PACS');
    running.push(() => worker.close());
    return { worker, close };
  } catch (error) {
    await close();
    throw error;
  }
}
