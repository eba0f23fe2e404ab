import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { folderFault } from './folderFault.js';
import { openForwarded, serveSession } from './forward.js';
import { connectToHolder, holdFolder } from './hold.js';
import { migrate, migrateAlone } from './migrate.js';
import { currentMonths, ensurePartitions } from './partitions.js';
import { SessionDialect, type SessionPool } from './session.js';
import type { Tables } from './tables.js';

export interface Database {
  readonly kysely: Kysely<Tables>;
  readonly kind: 'postgres' | 'embedded';
  /** What a committed row survives, in words. */
  readonly durability: string;
  /** True if another process holds the folder and runs this one's queries. */
  readonly forwarded: boolean;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A Postgres, or a folder for an embedded one. */
  readonly at: { readonly url: string } | { readonly dataDir: string };
  /** Brings the schema up to date and creates the next months' partitions. Default true. */
  readonly migrate?: boolean;
  /**
   * If a running service holds the folder, send queries to it instead of throwing FolderInUse (for the command line).
   * Default false.
   */
  readonly forward?: boolean;
  /** Most sessions, Postgres only. Default 10. */
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
  /**
   * Called for background problems: an idle connection dropped, partitions not created in advance. No data is lost.
   */
  readonly onError?: (error: Error) => void;
}

/** Another process has the folder open. */
class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/**
 * Opens the log's database, creating and migrating it if necessary. Throws DatabaseUnavailable if it can't be reached
 * and FolderInUse if another process holds the folder. If a folder can't be written, the message says why.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return 'url' in options.at ? openServer(options.at.url, options) : openFolder(options.at.dataDir, options);
}

/** Partitions are checked several times a day, so that one failure doesn't matter. */
const partitionCheckMs = 6 * 60 * 60 * 1000;

const ignore = (): void => undefined;

async function openServer(
  url: string,
  { migrate: migrating = true, poolSize = 10, statementTimeoutMs = 10_000, onError = ignore }: DatabaseOptions,
): Promise<Database> {
  // Load only the library of the database in use.
  const { openPostgres } = await import('./postgres.js');
  if (migrating) {
    // Waiting for another replica's migration, or a long step, must not time out.
    const patient = new Kysely<Tables>({
      dialect: new SessionDialect(openPostgres({ url, size: 2, statementTimeoutMs: 0, onError })),
    });
    await migrateAlone(patient, () => prepare(patient)).finally(() => patient.destroy());
  }
  const kysely = new Kysely<Tables>({
    dialect: new SessionDialect(openPostgres({ url, size: poolSize, statementTimeoutMs, onError })),
  });
  try {
    const durability = await serverDurability(kysely);
    const stop = migrating ? keepPartitions(kysely, onError) : ignore;
    return {
      kysely,
      kind: 'postgres',
      durability,
      forwarded: false,
      close: once(async () => {
        stop();
        await kysely.destroy();
      }),
    };
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
}

async function openFolder(
  dataDir: string,
  { migrate: migrating = true, forward = false, onError = ignore }: DatabaseOptions,
): Promise<Database> {
  const { embeddedMajor, openEmbedded } = await import('./embedded.js');
  const folder = join(dataDir, 'log');
  const durability =
    'survives a killed process, not a power cut ' + `(embedded Postgres ${embeddedMajor}, which does not fsync)`;
  if (forward) {
    const holder = await connectToHolder(folder);
    holder?.socket.destroy();
    if (holder !== undefined) return forwarded(folder, durability);
  }
  const hold = await holdFolder(folder).catch(async (error: unknown) => {
    throw await folderFault(folder, error);
  });
  if (hold === undefined) {
    if (forward) return forwarded(folder, durability);
    throw new FolderInUse(`${dataDir} is in use by another process: one folder serves one process`);
  }
  try {
    const pool = await openEmbedded(join(folder, 'postgres'));
    const kysely = new Kysely<Tables>({ dialect: new SessionDialect(pool) });
    if (migrating) await prepare(kysely);
    serveOthers(hold, pool, onError);
    const stop = migrating ? keepPartitions(kysely, onError) : ignore;
    const close = async (): Promise<void> => {
      stop();
      hold.hangUp();
      await kysely.destroy();
      await pool.end();
      await hold.release();
    };
    return { kysely, kind: 'embedded', durability, forwarded: false, close: once(close) };
  } catch (error) {
    await hold.release();
    throw await folderFault(folder, error);
  }
}

function forwarded(folder: string, durability: string): Database {
  const kysely = new Kysely<Tables>({ dialect: new SessionDialect(openForwarded(folder)) });
  return { kysely, kind: 'embedded', durability, forwarded: true, close: once(() => kysely.destroy()) };
}

function serveOthers(
  hold: { serve(onConnection: (socket: Parameters<typeof serveSession>[0]) => void): void },
  pool: SessionPool,
  onError: (error: Error) => void,
): void {
  hold.serve((socket) => {
    serveSession(socket, pool).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error('a forwarded session failed', { cause: error }));
    });
  });
}

async function prepare(kysely: Kysely<Tables>): Promise<void> {
  await migrate(kysely);
  await ensurePartitions(kysely, currentMonths());
}

/**
 * Creates partitions ahead of time. Without this, the first append of a month would create its partition.
 */
function keepPartitions(kysely: Kysely<Tables>, onError: (error: Error) => void): () => void {
  const timer = setInterval(() => {
    ensurePartitions(kysely, currentMonths()).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error('partitions were not made', { cause: error }));
    });
  }, partitionCheckMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

async function serverDurability(kysely: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ commit: string; fsync: string; version: string }>`
    select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync,
      current_setting('server_version') as version`.execute(kysely);
  const [setting] = rows;
  if (setting === undefined || !['on', 'remote_apply'].includes(setting.commit)) {
    throw new Error(
      `synchronous_commit is ${setting?.commit ?? 'unknown'}: a report would be answered before its row is ` +
        'on disk. Remove it from the options in DATABASE_URL.',
    );
  }
  const survives = setting.fsync === 'on' ? 'survives a power cut' : 'survives a killed process, not a power cut';
  return `${survives} (Postgres ${setting.version}, synchronous_commit=${setting.commit}, fsync=${setting.fsync})`;
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= close());
}
