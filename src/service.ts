import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Database, openDatabase } from './database/index.js';
import { createAccounts, createSessions, createSite, loadKeys, type Accounts } from './auth/index.js';
import type { Config } from './config.js';
import { type Engine, type EngineOptions, startEngine } from './engine/index.js';
import { buildApp } from './http/app.js';
import { openFilmStore } from './films/index.js';
import { createDetectionLog, type DetectionLog } from './log/index.js';
import { loadRegistry, type Registry, type RegistryOptions } from './registry/index.js';

export const version: string = readVersion();

export interface Service {
  readonly app: FastifyInstance;
  readonly accounts: Accounts;
  readonly registry: Registry;
  readonly engine: Engine;
  readonly database: Database;
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Stops in the reverse order of the start; films in flight are finished and logged. */
  close(): Promise<void>;
}

/**
 * Starts everything: log → films → models → engine → http. What was started is stopped again when a later step
 * fails, so that a service either runs or leaves nothing behind.
 */
export async function startService(config: Config, logger: Logger): Promise<Service> {
  const running: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of running.splice(0).reverse()) await stop();
  };
  try {
    const database = await openDatabase({
      at: config.DATABASE_URL === '' ? { dataDir: config.DATA_DIR } : { url: config.DATABASE_URL },
      onError: (error) => {
        logger.warn({ err: error }, 'database trouble in the background; nothing was lost by it');
      },
    });
    running.push(() => database.close());
    const log = createDetectionLog(database);
    running.push(tidyEveryDay(log, logger));
    // Before anything is written there: an empty database that was named by mistake can still be the target of `db copy`.
    const films = await openFilmStore(database, {
      ...config.films,
      maxPixels: config.MAX_IMAGE_PIXELS,
      logger: logger.child({ part: 'films' }),
    });
    running.push(() => films.close());

    const keys = await loadKeys(
      config.JWT_SECRET === '' ? { dataDir: config.DATA_DIR } : { jwtSecret: config.JWT_SECRET },
    );
    const accounts = createAccounts(database, keys);

    const registry = await loadRegistry(registryOptions(config));
    for (const { spec, ...hashes } of registry.models.values()) {
      await log.rememberModel({ name: spec.name, version: spec.version, onnxSha256: spec.onnxSha256, ...hashes });
    }

    const engine = await startEngine({
      ...engineSettings(config),
      models: registry.models,
      logger: logger.child({ part: 'engine' }),
    });
    running.push(() => engine.close());

    const app = buildApp({
      engine,
      log,
      accounts,
      sessions: createSessions(database, { idleMinutes: config.SESSION_MINUTES }),
      site: createSite(database),
      films,
      registry,
      tokenVerification: keys,
      logger,
      settings: httpSettings(config, database),
    });
    running.push(() => app.close());
    const address = await app.listen({ host: config.HOST, port: config.PORT });
    return { app, accounts, registry, engine, database, address, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const dayMs = 24 * 60 * 60_000;

/** What the log need not keep: answered idempotency keys, which often are exam numbers. */
function tidyEveryDay(log: DetectionLog, logger: Logger): () => Promise<void> {
  const tidy = (): void => {
    log.dropOldKeys().catch((err: unknown) => {
      logger.warn({ err }, 'old idempotency keys could not be dropped; tomorrow tries again');
    });
  };
  const timer = setInterval(tidy, dayMs);
  timer.unref();
  tidy();
  return () => {
    clearInterval(timer);
    return Promise.resolve();
  };
}

/** The models of the settings. Among several the one that ships without strings attached is the default, never another's by chance of its name. */
export function registryOptions({ MODELS_DIR, MODEL }: Pick<Config, 'MODELS_DIR' | 'MODEL'>): RegistryOptions {
  return { modelsDir: MODELS_DIR, preferredModel: 'cxr-opacity', ...(MODEL === '' ? {} : { defaultModel: MODEL }) };
}

/** What the settings say of the engine, for the service and for `detect`. */
export function engineSettings(config: Config): Omit<EngineOptions, 'models' | 'logger'> {
  return {
    executionProviders: config.executionProviders,
    ...(config.REQUIRE_PROVIDER === '' ? {} : { requireProvider: config.REQUIRE_PROVIDER }),
    maxFilms: config.QUEUE_FILMS,
    maxBytes: config.QUEUE_BYTES,
    deadlineMs: config.DEADLINE_MS,
    maxPixels: config.MAX_IMAGE_PIXELS,
    decoders: config.DECODERS,
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

/** A folder of dist/, from the sources (src/) as from what is compiled (dist/src/). */
function besideSources(name: string): string {
  return fileURLToPath(
    new URL(import.meta.url.includes('/dist/src/') ? `../${name}/` : `../dist/${name}/`, import.meta.url),
  );
}

function readVersion(): string {
  // The sources lie at src/, what is compiled at dist/src/: package.json is one or two folders up.
  const path = import.meta.url.includes('/dist/src/') ? '../../package.json' : '../package.json';
  const manifest: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  )
    return manifest.version;
  throw new Error('package.json has no version');
}
