import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.js';
import { leafHash } from './hashes.js';
import { detectionLeaf, eventLeaf } from './leaves.js';
import { addToTiles } from './tiles.js';

/** Entries taken at once, of each kind: a transaction of some tens of milliseconds. */
const batchEntries = 1024;
/** Keeps an insert under Postgres' 65,535 parameters. */
const insertedRows = 1000;

interface NewLeaf {
  readonly data: string;
  readonly detection_id: string | null;
  readonly event_id: number | null;
  readonly salt: Buffer | null;
}

/**
 * Takes committed entries into the tree, up to a batch: detections in the order of their links, then audit events.
 * Appends don't wait for it. Of several replicas that do it at once one wins; the others take nothing.
 *
 * @returns how many were taken; 0 if there is nothing new
 */
export async function growTree(db: Kysely<Tables>): Promise<number> {
  const tree = await db.selectFrom('log_tree').select(['size', 'taken_seq']).executeTakeFirstOrThrow();
  const detections = await newDetections(db, tree.taken_seq);
  const events = await newEvents(db);
  const leaves: readonly NewLeaf[] = [
    ...detections.map((row) => ({ data: detectionLeaf(row), detection_id: row.id, event_id: null, salt: null })),
    ...events.map((row) => {
      const salt = randomBytes(32);
      return { data: eventLeaf(row, salt), detection_id: null, event_id: row.id, salt };
    }),
  ];
  if (leaves.length === 0) return 0;
  const takenSeq = detections.at(-1)?.seq ?? tree.taken_seq;
  return db.transaction().execute(async (trx) => {
    const moved = await trx
      .updateTable('log_tree')
      .set({ size: tree.size + leaves.length, taken_seq: takenSeq })
      .where('size', '=', tree.size)
      .executeTakeFirst();
    // Another replica was faster.
    if (moved.numUpdatedRows === 0n) return 0;
    await insertLeaves(trx, tree.size, leaves);
    const hashes = leaves.map(({ data }) => leafHash(data));
    await addToTiles(trx, tree.size, hashes);
    const ids = events.map(({ id }) => id);
    if (ids.length > 0) await trx.deleteFrom('untaken_events').where('event_id', 'in', ids).execute();
    return leaves.length;
  });
}

function newDetections(db: Kysely<Tables>, takenSeq: number) {
  return db
    .selectFrom('detections')
    .select(['seq', 'id', 'previous_hash', 'hash'])
    .where('seq', '>', takenSeq)
    .where('seq', '<=', (eb) => eb.selectFrom('chain_head').select('chain_head.seq'))
    .orderBy('seq')
    .limit(batchEntries)
    .execute();
}

/** An event that was deleted before it was taken stays in the queue: `log verify` finds it there. */
function newEvents(db: Kysely<Tables>) {
  return db
    .selectFrom('untaken_events')
    .innerJoin('audit_events', 'audit_events.id', 'untaken_events.event_id')
    .selectAll('audit_events')
    .orderBy('untaken_events.event_id')
    .limit(batchEntries)
    .execute();
}

async function insertLeaves(db: Kysely<Tables>, size: number, leaves: readonly NewLeaf[]): Promise<void> {
  for (let from = 0; from < leaves.length; from += insertedRows) {
    const rows = leaves.slice(from, from + insertedRows);
    await db
      .insertInto('log_leaves')
      .values(
        rows.map(({ detection_id, event_id, salt }, i) => ({
          position: size + from + i,
          detection_id,
          event_id,
          salt,
        })),
      )
      .execute();
  }
}
