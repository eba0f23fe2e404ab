import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.js';

/** One page for each table and index in which a film's row may need a new one. */
const trialPages = 24;

/**
 * Resolves if a film's row would be committed now. A standby, a full disk or a read-only file system still answers
 * reads, and a full disk still takes a row that fits into an existing page: only committing new pages tells. Truncating
 * first ensures that they are new and don't pile up.
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
