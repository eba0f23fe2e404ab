import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.js';

/**
 * Resolves if a write would be committed now. A standby, a full disk and a read-only file system still answer reads:
 * only a commit tells.
 *
 * @throws DatabaseUnavailable
 */
export async function ping(db: Kysely<Tables>): Promise<void> {
  await db
    .updateTable('heartbeat')
    .set({ at: sql<Date>`now()` })
    .execute();
}
