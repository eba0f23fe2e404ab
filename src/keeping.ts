import type { Logger } from 'pino';
import type { Accounts, Keys, Sessions } from './auth/index.js';
import type { Config } from './config.js';
import type { Database } from './database/index.js';
import type { FilmStore } from './films/index.js';
import { keySource } from './keySource.js';
import type { DetectionLog, LogProofs } from './log/index.js';
import { checkpointFileOf, logKeyFileOf } from './logFiles.js';
import type { Reviews } from './reviews/index.js';
import type { Site } from './site/index.js';

/** Where films, their log and accounts are kept. */
export interface Keeping {
  readonly database: Database;
  readonly log: DetectionLog;
  readonly proofs: LogProofs;
  readonly films: FilmStore;
  readonly tokenVerification: Keys;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly site: Site;
  readonly reviews: Reviews;
  readonly close: () => Promise<void>;
}

/** Opens the database, then the film store and the accounts; leaves nothing open if one of them fails. */
export async function startKeeping(config: Config, logger: Logger): Promise<Keeping> {
  const running: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of running.splice(0).reverse()) await stop();
  };
  try {
    const [
      { openDatabase },
      { createDetectionLog, createLogProofs },
      { openFilmStore },
      auth,
      { createSite },
      { createReviews },
    ] = await Promise.all([
      import('./database/index.js'),
      import('./log/index.js'),
      import('./films/index.js'),
      import('./auth/index.js'),
      import('./site/index.js'),
      import('./reviews/index.js'),
    ]);
    const database = await openDatabase({
      at: config.DATABASE_URL === '' ? { dataDir: config.DATA_DIR } : { url: config.DATABASE_URL },
      onError: (error) => {
        logger.warn({ err: error }, 'database error in the background; nothing was lost');
      },
    });
    running.push(() => database.close());
    const log = createDetectionLog(database);
    running.push(await signCheckpoints(database, config, logger));
    running.push(tidyEveryDay(log, logger));
    // Before anything is written: an empty database named by mistake can still be the target of `db copy`.
    const films = await openFilmStore(database, {
      ...config.films,
      maxPixels: config.MAX_IMAGE_PIXELS,
      logger: logger.child({ part: 'films' }),
    });
    running.push(() => films.close());
    const keys = await auth.loadKeys(keySource(config));
    return {
      database,
      log,
      proofs: createLogProofs(database),
      films,
      tokenVerification: keys,
      accounts: auth.createAccounts(database, keys),
      sessions: auth.createSessions(database, { idleMinutes: config.SESSION_MINUTES }),
      site: createSite(database),
      reviews: createReviews(database),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Signs for what is logged, until everything else is closed. Without a key, the service runs and says so. */
async function signCheckpoints(database: Database, config: Config, logger: Logger): Promise<() => Promise<void>> {
  const { keepCheckpoints } = await import('./log/index.js');
  const keyFile = logKeyFileOf(config);
  try {
    const { close } = await keepCheckpoints(database.kysely, {
      keyFile,
      checkpointFile: checkpointFileOf(config),
      everyEntries: config.CHECKPOINT_ENTRIES,
      everyMs: config.CHECKPOINT_MINUTES * 60_000,
      growEveryMs: 2000,
      onSigned: ({ size, note }) => {
        logger.info({ part: 'log', size, checkpoint: note }, 'checkpoint signed');
      },
      onNewKey: (verifierKey) => {
        logger.info({ part: 'log', verifierKey, keyFile }, 'a key that signs checkpoints was made: keep both safe');
      },
      onError: (err) => {
        logger.error({ part: 'log', err }, 'no checkpoint could be signed; it is tried again');
      },
    });
    return close;
  } catch (err) {
    logger.error({ part: 'log', err, keyFile }, 'no checkpoints are signed: the key is missing and could not be made');
    return () => Promise.resolve();
  }
}

const dayMs = 24 * 60 * 60_000;

/** Drops what the log need not keep: answered idempotency keys, which often are exam numbers. */
function tidyEveryDay(log: DetectionLog, logger: Logger): () => Promise<void> {
  const tidy = (): void => {
    log.dropOldKeys().catch((err: unknown) => {
      logger.warn({ err }, "old idempotency keys couldn't be dropped; retrying tomorrow");
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
