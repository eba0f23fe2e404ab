import { createPublicKey } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../database/index.js';
import { rootAt } from '../tree/proofs.js';
import { storedSubtrees } from '../tree/tiles.js';
import { appendCheckpoint, lastCheckpoint } from './checkpointFile.js';
import { readLogKey } from './keyFile.js';
import { type Checkpoint, signCheckpoint, type SignedCheckpoint, verifierKey } from './note.js';
import { originOf } from './origin.js';

export interface CheckpointFiles {
  /** PEM of the key that signs. */
  readonly keyFile: string;
  /** Every checkpoint that this process signs is appended here. */
  readonly checkpointFile: string;
}

/** The tree is not the one that was signed before: signing it would bless what was changed. */
export class LogChanged extends Error {
  override readonly name = 'LogChanged';
}

/**
 * Signs the tree as it is, unless a checkpoint of this size is there. The tree must extend the last checkpoint of the
 * file: what lies outside the database is how the service itself notices that the database was changed.
 *
 * @returns undefined if there was nothing to sign
 * @throws LogChanged if the tree doesn't extend the last checkpoint of the file
 */
export async function makeCheckpoint(
  db: Kysely<Tables>,
  { keyFile, checkpointFile }: CheckpointFiles,
): Promise<SignedCheckpoint | undefined> {
  const key = await readLogKey(keyFile);
  const origin = await originOf(db);
  const { size } = await db.selectFrom('log_tree').select('size').executeTakeFirstOrThrow();
  const there = await db.selectFrom('log_checkpoints').select('size').where('size', '=', size).executeTakeFirst();
  await assertExtends(db, { origin, size }, await lastCheckpoint(checkpointFile));
  if (there !== undefined || size === 0) return undefined;
  const root = await rootAt(size, storedSubtrees(db));
  const signed = signCheckpoint({ origin, size, root }, key);
  // The file first: a checkpoint in the table alone would be gone with the table.
  await appendCheckpoint(checkpointFile, signed);
  await db
    .insertInto('log_checkpoints')
    .values({ size, note: signed.note, verifier_key: verifierKey(origin, createPublicKey(key)).text })
    .onConflict((oc) => oc.doNothing())
    .execute();
  return signed;
}

async function assertExtends(
  db: Kysely<Tables>,
  { origin, size }: Pick<Checkpoint, 'origin' | 'size'>,
  last: Checkpoint | undefined,
): Promise<void> {
  if (last === undefined) return;
  if (last.origin !== origin)
    throw new LogChanged(`the last checkpoint of the file is of another log, ${last.origin}; this is ${origin}`);
  if (last.size > size)
    throw new LogChanged(
      `the log has ${size} entries, and ${last.size} were signed: the last ones are gone, or an older backup was ` +
        'restored',
    );
  if (!(await rootAt(last.size, storedSubtrees(db))).equals(last.root))
    throw new LogChanged(`the first ${last.size} entries are not those that were signed`);
}

/** Entries since the last checkpoint, and its age by the database's clock; null where there is none. */
export async function sinceLastCheckpoint(
  db: Kysely<Tables>,
): Promise<{ readonly entries: number; readonly ageMs: number | null }> {
  const { size } = await db.selectFrom('log_tree').select('size').executeTakeFirstOrThrow();
  const last = await db
    .selectFrom('log_checkpoints')
    .select(['size', sql<number>`extract(epoch from now() - made_at)::float8 * 1000`.as('ageMs')])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { entries: size - (last?.size ?? 0), ageMs: last?.ageMs ?? null };
}
