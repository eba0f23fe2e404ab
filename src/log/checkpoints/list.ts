import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.js';

export interface ListedCheckpoint {
  readonly size: number;
  /** By the database's clock; it is not signed. */
  readonly madeAt: string;
  readonly note: string;
  readonly verifierKey: string;
}

/** Newest first; `before` is the size of the last one of the page before. */
export async function listCheckpoints(
  db: Kysely<Tables>,
  { limit, before }: { readonly limit: number; readonly before?: number },
): Promise<readonly ListedCheckpoint[]> {
  let query = db.selectFrom('log_checkpoints').selectAll().orderBy('size', 'desc').limit(limit);
  if (before !== undefined) query = query.where('size', '<', before);
  return (await query.execute()).map(({ size, note, verifier_key: verifierKey, made_at: madeAt }) => ({
    size,
    madeAt: madeAt.toISOString(),
    note,
    verifierKey,
  }));
}
