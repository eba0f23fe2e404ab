import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../database/index.js';

const pageRows = 1000;

/** Copies tree and checkpoints, after detections and audit events: what was signed holds for the copy, too. */
export async function copyTree(from: Kysely<Tables>, to: Kysely<Tables>): Promise<void> {
  const tree = await from.selectFrom('log_tree').select(['size', 'taken_seq']).executeTakeFirstOrThrow();
  await to.updateTable('log_tree').set(tree).execute();
  for (let start = 0; start < tree.size; start += pageRows) {
    const rows = await from
      .selectFrom('log_leaves')
      .selectAll()
      .where('position', '>=', start)
      .where('position', '<', start + pageRows)
      .execute();
    if (rows.length > 0) await to.insertInto('log_leaves').values(rows).execute();
  }
  await copyTiles(from, to);
  await copyCheckpoints(from, to);
  // The copied audit events were queued when they were inserted; most of them are in the tree.
  await sql`
    delete from untaken_events using log_leaves where log_leaves.event_id = untaken_events.event_id`.execute(to);
}

async function copyTiles(from: Kysely<Tables>, to: Kysely<Tables>): Promise<void> {
  const top = await from.selectFrom('log_tiles').select('level').orderBy('level', 'desc').limit(1).executeTakeFirst();
  for (let level = 0; level <= (top?.level ?? -1); level++) {
    for (let after = -1; ;) {
      const page = await from
        .selectFrom('log_tiles')
        .selectAll()
        .where('level', '=', level)
        .where('tile', '>', after)
        .orderBy('tile')
        .limit(pageRows / 10)
        .execute();
      const last = page.at(-1);
      if (last === undefined) break;
      await to.insertInto('log_tiles').values(page).execute();
      after = last.tile;
    }
  }
}

async function copyCheckpoints(from: Kysely<Tables>, to: Kysely<Tables>): Promise<void> {
  for (let after = -1; ;) {
    const page = await from
      .selectFrom('log_checkpoints')
      .selectAll()
      .where('size', '>', after)
      .orderBy('size')
      .limit(pageRows)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return;
    await to.insertInto('log_checkpoints').values(page).execute();
    after = last.size;
  }
}
