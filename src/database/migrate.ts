import { type Kysely, Migrator, sql } from 'kysely';
import { migrations } from '../../migrations/index.js';
import type { Tables } from './tables.js';

export interface MigrationStatus {
  readonly done: readonly string[];
  readonly pending: readonly string[];
  /** Steps of a newer version, which this version can ignore (migrations/README.md). */
  readonly unknown: readonly string[];
}

/**
 * Brings the schema up to this version, under an advisory lock. Does nothing if a newer version has migrated already
 * and all steps of this version have run. Returns the steps that ran now.
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
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
  return (results ?? []).map(({ migrationName }) => migrationName);
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
