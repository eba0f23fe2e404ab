import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.js';

/** A page for each of the tables and indexes that a film's row may need one in. */
const trialPages = 24;

/**
 * Resolves if a film's row would be committed now. A standby, a full disk and a read-only file system still answer
 * reads, and a full disk still takes a row that fits into a page: only new pages that are committed tell. Truncating
 * first makes sure that they are new, and that they do not pile up.
 *
 * @throws DatabaseUnavailable
 */
export async function ping(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`truncate trial_rows`.execute(trx);
    await sql`insert into trial_rows (filler) select repeat('x', 8000) from generate_series(1,
      ${trialPages}::int)`.execute(trx);
    await trx
      .updateTable('heartbeat')
      .set({ at: sql<Date>`now()` })
      .execute();
  });
}
