import PgBoss from 'pg-boss';
import { codeOf, type Database } from '../../database/index.js';
import { executeSqlOn } from './executeSql.js';

/** The schema of the queue's tables, in the log's database. pg-boss keeps them up to date by itself. */
export const queueSchema = 'pgboss';

/** insufficient_privilege */
const forbidden = '42501';

/**
 * Makes the queue's tables if there are none. They are no migration of ours: their shape belongs to the version of
 * pg-boss. A role that may not create schemas uses one that an administrator has made for it.
 */
export async function installQueue(database: Pick<Database, 'kysely'>): Promise<void> {
  const executeSql = executeSqlOn(database);
  if (await isInstalled(database)) return;
  const { rows } = await executeSql(`select to_regnamespace('${queueSchema}') is not null as found`);
  const plan = PgBoss.getConstructionPlans(queueSchema);
  // Even `if not exists` demands the right to create schemas.
  const sql = rows[0]?.['found'] === true ? plan.replace(/create schema if not exists \w+\s*;/i, '') : plan;
  try {
    await executeSql(sql);
  } catch (error) {
    if (codeOf(error) === forbidden)
      throw new Error(
        `the database's role may not make the queue's schema. Have an administrator run: ` +
          `create schema ${queueSchema} authorization <that role>`,
        { cause: error },
      );
    // Of two replicas that start together, one makes them.
    if (!(await isInstalled(database))) throw error;
  }
}

/** Whether the queue's tables are there. */
export async function isInstalled(database: Pick<Database, 'kysely'>): Promise<boolean> {
  const { rows } = await executeSqlOn(database)(`select to_regclass('${queueSchema}.version') is not null as found`);
  return rows[0]?.['found'] === true;
}
