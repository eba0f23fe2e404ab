import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { migrations } from '../../migrations/index.js';
import type { Tables } from './tables.js';
import { alone } from './alone.js';

export interface MigrationStatus {
  readonly done: readonly string[];
  readonly pending: readonly string[];
  /** Steps of a newer version, which this version can ignore (migrations/README.md). */
  readonly unknown: readonly string[];
}

/**
 * Brings the schema up to this version. Does nothing if a newer version has migrated already and all steps of this
 * version have run. Returns the steps that ran now. On Postgres, call it under `migrateAlone`.
 */
export async function migrate(db: Kysely<Tables>): Promise<readonly string[]> {
  const { pending, unknown } = await migrationStatus(db);
  if (pending.length === 0) return [];
  if (unknown.length > 0) {
    throw new Error(
      `the database has steps that this version does not know (${unknown.join(', ')}) and lacks ` +
        `${pending.join(', ')}: it belongs to another line of development`,
    );
  }
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(patientMigrations()) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
  return (results ?? []).map(({ migrationName }) => migrationName);
}

/** Runs `work` while no other replica migrates. Kysely's own lock doesn't hold behind a pooler: see `alone`. */
export async function migrateAlone(db: Kysely<Tables>, work: () => Promise<void>): Promise<void> {
  if ((await migrationStatus(db)).pending.length === 0) return work();
  await alone(db, 'migrations', work);
}

/** A long step must not time out, not even if the role has a timeout, as it has behind PgBouncer. */
function patientMigrations(): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, step]) => [
      name,
      {
        async up(db: Kysely<unknown>) {
          await sql`set local statement_timeout = 0`.execute(db);
          await step.up(db);
        },
      },
    ]),
  );
}

export async function migrationStatus(db: Kysely<Tables>): Promise<MigrationStatus> {
  const executed = await executedSteps(db);
  const known = Object.keys(migrations);
  return {
    done: known.filter((name) => executed.has(name)),
    pending: known.filter((name) => !executed.has(name)),
    unknown: [...executed].filter((name) => !known.includes(name)),
  };
}

async function executedSteps(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ found: boolean }>`select to_regclass('kysely_migration') is not null as found`.execute(
    db,
  );
  if (rows[0]?.found !== true) return new Set();
  const steps = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return new Set(steps.rows.map(({ name }) => name));
}
