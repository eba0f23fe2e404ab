import type { Kysely } from 'kysely';
import { isUuid, type Tables } from '../database/index.js';
import type { DetectionFilter, FollowingDetection, LoggedDetection } from './entry.js';
import { list } from './list.js';
import { matching } from './matching.js';
import { loggedColumns, loggedOf } from './row.js';

/** Rows of a stream are fetched by so many. */
const pageRows = 200;

export async function find(
  db: Kysely<Tables>,
  id: string,
  filter: Pick<DetectionFilter, 'submitter'> = {},
): Promise<LoggedDetection | undefined> {
  if (!isUuid(id)) return undefined;
  const row = await matching(db, filter).where('detections.id', '=', id).select(loggedColumns).executeTakeFirst();
  return row && loggedOf(row);
}

/**
 * Rows behind a link of the chain, in the order in which they were committed: the way to follow the log. Ids are of the
 * time of upload, and a film that took longer is committed behind younger ones: whoever polls by time misses it.
 *
 * @example
 * let seq = await log.lastSeq();
 * for (const row of await log.following(seq, 100, { submitter: 'ris' })) seq = row.seq;
 */
export async function following(
  db: Kysely<Tables>,
  seq: number,
  limit: number,
  filter: DetectionFilter = {},
): Promise<readonly FollowingDetection[]> {
  const rows = await matching(db, filter)
    .select([...loggedColumns, 'seq'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...loggedOf(row), seq: row.seq }));
}

/** The last link of the chain. */
export async function lastSeq(db: Kysely<Tables>): Promise<number> {
  const { seq } = await db.selectFrom('chain_head').select('seq').executeTakeFirstOrThrow();
  return seq;
}

/**
 * Newest first, page by page: no session and no snapshot is held while the reader is slow, and the only
 * session of an embedded log is free for appends between two pages. A row that is committed meanwhile never shifts a
 * page; it is in the stream only if its id is below the place that the stream has reached (see `following`).
 */
export async function* stream(db: Kysely<Tables>, filter: DetectionFilter): AsyncGenerator<LoggedDetection, void> {
  let after: string | undefined;
  for (;;) {
    const page = await list(db, filter, { limit: pageRows, ...(after !== undefined && { after }) });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    after = last.id;
  }
}
