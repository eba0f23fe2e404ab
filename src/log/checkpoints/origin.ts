import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.js';

/** Names the log in its checkpoints: the same for all replicas, and for a copy of the database. */
export async function originOf(db: Kysely<Tables>): Promise<string> {
  const { id } = await db.selectFrom('database_identity').select('id').executeTakeFirstOrThrow();
  return `lesion-detector/log/${id}`;
}
