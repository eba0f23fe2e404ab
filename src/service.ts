import type { FastifyInstance } from 'fastify';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Accounts } from './auth/index.js';
import type { Config } from './config.js';
import type { Database } from './database/index.js';
import { type Engine, type EngineOptions, startEngine } from './engine/index.js';
import type { buildApp } from './http/app.js';
import { startKeeping } from './keeping.js';
import { openPacs } from './openPacs.js';
import type { Registry, RegistryOptions } from './registry/index.js';
import { version } from './version.js';

export interface Service {
  readonly app: FastifyInstance;
  readonly accounts: Accounts;
  readonly registry: Registry;
  readonly engine: Engine;
  readonly database: Database;
  /** Address where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Stops everything in reverse order of starting; films in flight are finished and logged. */
  close(): Promise<void>;
}

/**
 * Is called when everything but the listening has started. What it returns is called as soon as the service listens.
 */
type Prepare = (service: Omit<Service, 'address'>) => Promise<(address: string) => void>;

/**
 * Starts everything: log and films in parallel with models and engine, then http. If a step fails, what was started is
 * stopped again, so that a service either runs or leaves nothing behind.
 */
export async function startService(config: Config, logger: Logger, prepare?: Prepare): Promise<Service> {
  const running: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of running.splice(0).reverse()) await stop();
  };
  try {
    // The children load their libraries while this process loads its own and opens the database.
    const analysing = startAnalysis(config, logger);
    const keeping = startKeeping(config, logger);
    const [analysis, kept, http] = await Promise.allSettled([analysing, keeping, import('./http/app.js')]);
    // The engine is closed first, so that films in flight are finished and logged.
    if (kept.status === 'fulfilled') running.push(kept.value.close);
    if (analysis.status === 'fulfilled') running.push(() => analysis.value.engine.close());
    const { database, log, films, ...accounts } = valueOf(kept);
    const { registry, engine } = valueOf(analysis);
    for (const { spec, ...hashes } of registry.models.values()) {
      await log.rememberModel({ name: spec.name, version: spec.version, onnxSha256: spec.onnxSha256, ...hashes });
    }
    const { buildApp: build } = valueOf(http);
    const pacs = await openPacs(config, { database, log, films, engine, registry, logger });
    if (pacs !== undefined) running.push(() => pacs.close());
    const app = build({
      engine,
      log,
      films,
      ...accounts,
      registry,
      logger,
      ...(pacs === undefined ? {} : { pacs }),
      settings: httpSettings(config, database),
    });
    // Beside each other: both wait for films in flight.
    running.push(() => Promise.all([app.close(), pacs?.close()]));
    const service = { app, accounts: accounts.accounts, registry, engine, database, close };
    const listening = await prepare?.(service);
    const address = await listen(app, config);
    pacs?.start();
    listening?.(address);
    return { ...service, address };
  } catch (error) {
    await close();
    throw error;
  }
}

function valueOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

export async function startAnalysis(config: Config, logger: Logger): Promise<{ registry: Registry; engine: Engine }> {
  const { loadRegistry } = await import('./registry/index.js');
  const registry = await loadRegistry(registryOptions(config));
  const engine = await startEngine({
    ...engineSettings(config),
    models: registry.models,
    defaultModel: registry.defaultModel,
    logger: logger.child({ part: 'engine' }),
  });
  return { registry, engine };
}

/** Says which setting to change if this address can't be used. */
async function listen(app: FastifyInstance, { HOST, PORT }: Config): Promise<string> {
  try {
    return await app.listen({ host: HOST, port: PORT });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = typeof code === 'string' ? listenFaults[code] : undefined;
    if (why === undefined) throw cause;
    throw new Error(`Can't listen on ${HOST}, port ${PORT}: ${why}`, { cause });
  }
}

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port. Set PORT to another one, or to 0 for any free one.',
  EACCES: 'this user may not use this port. Set PORT to one above 1023.',
  EADDRNOTAVAIL: "this machine doesn't have this address. Set HOST to one that it has, or to 0.0.0.0 for all.",
  ENOTFOUND: 'there is no such address. Set HOST to an address of this machine.',
};

/**
 * The models of the settings. If there are several, the one that ships without licence restrictions is the default,
 * never another that merely sorts first.
 */
export function registryOptions({ MODELS_DIR, MODEL }: Pick<Config, 'MODELS_DIR' | 'MODEL'>): RegistryOptions {
  return { modelsDir: MODELS_DIR, preferredModel: 'cxr-opacity', ...(MODEL === '' ? {} : { defaultModel: MODEL }) };
}

/** The engine's settings, for the service and for `detect`. */
export function engineSettings(config: Config): Omit<EngineOptions, 'models' | 'logger'> {
  return {
    executionProviders: config.executionProviders,
    ...(config.REQUIRE_PROVIDER === '' ? {} : { requireProvider: config.REQUIRE_PROVIDER }),
    maxFilms: config.QUEUE_FILMS,
    maxBytes: config.QUEUE_BYTES,
    deadlineMs: config.DEADLINE_MS,
    maxPixels: config.MAX_IMAGE_PIXELS,
    secondaryCapture: config.DICOM_SECONDARY_CAPTURE,
    decoders: config.DECODERS,
    ...(config.RUNNERS === undefined ? {} : { runners: config.RUNNERS }),
    threads: config.INTRA_OP_THREADS,
  };
}

function httpSettings(config: Config, { kind, durability }: Database): Parameters<typeof buildApp>[0]['settings'] {
  return {
    version,
    maxUploadBytes: config.MAX_UPLOAD_BYTES,
    uploadBudgetBytes: config.QUEUE_BYTES,
    deadlineMs: config.DEADLINE_MS,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    corsOrigins: config.corsOrigins,
    metricsAccess: config.METRICS_ACCESS,
    rateLimits: { logInsPerMinute: config.LOGINS_PER_MINUTE },
    sessionMinutes: config.SESSION_MINUTES,
    tokenLifetimeS: config.TOKEN_LIFETIME_S,
    trustedProxies: config.trustedProxies,
    viewerFolder: besideSources('viewer'),
    database: { kind, durability },
  };
}

/** A folder of dist/, seen from the sources (src/) or from compiled code (dist/src/). */
function besideSources(name: string): string {
  return fileURLToPath(
    new URL(import.meta.url.includes('/dist/src/') ? `../${name}/` : `../dist/${name}/`, import.meta.url),
  );
}
