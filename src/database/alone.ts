import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.js';

/**
 * Runs `work` while no other replica runs work of this name. A session's lock would be lost behind a pooler in
 * transaction mode, which gives every statement another session: this lock belongs to a transaction, which keeps its
 * session to the end. So `db` needs another session for the work. Postgres only: an embedded log has one process.
 */
export async function alone(db: Kysely<Tables>, name: string, work: () => Promise<void>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
    await sql`select pg_advisory_xact_lock(hashtext(${`lesion-detector.${name}`}))`.execute(trx);
    await work();
  });
}
