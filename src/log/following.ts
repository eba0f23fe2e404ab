import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.js';
import type { DetectionFilter, FollowingDetection } from './entry.js';
import { lastSeq } from './find.js';
import { matching } from './matching.js';
import { loggedColumns, loggedOf } from './row.js';

/** What came behind a position, and how far was looked. */
export interface Followed {
  readonly rows: readonly FollowingDetection[];
  /** Where to go on: the last of the rows, or the newest link that was looked at where there are no more. */
  readonly position: number;
}

/** Links looked at by one statement, so that none runs into the time-out, however rare what fits is. */
const windowLinks = 10_000;
/** Links looked at by one call: whoever begins with an old position takes a few more. */
const mostLinks = 20 * windowLinks;

/**
 * Rows behind a link of the chain, in the order in which they were committed: the way to follow the log. Ids are of the
 * time of upload, and a film that took longer is committed behind younger ones: whoever polls by time misses it.
 *
 * The position goes on over rows that do not fit. That misses nothing: the lock of the chain's head is held until the
 * commit, so when a link can be read as the head, all links up to it are committed, and every later one is above it.
 *
 * @example
 * let position = await log.lastSeq();
 * for (;;) {
 *   const followed = await log.following(position, 100, { submitter: 'ris' });
 *   position = followed.position;
 * }
 */
export async function following(
  db: Kysely<Tables>,
  after: number,
  limit: number,
  filter: DetectionFilter = {},
): Promise<Followed> {
  // Read before the rows: what is committed in between has its place above.
  const head = await lastSeq(db);
  const end = Math.min(head, after + mostLinks);
  const rows: FollowingDetection[] = [];
  for (let from = after; from < end; from += windowLinks) {
    const to = Math.min(end, from + windowLinks);
    rows.push(...(await rowsWithin(db, { from, to, limit: limit - rows.length }, filter)));
    if (rows.length === limit) return { rows, position: rows.at(-1)?.seq ?? after };
  }
  // A position beyond the head is one of a log that was there before: it stays, and answers nothing.
  return { rows, position: Math.max(after, end) };
}

interface Window {
  /** from < link ≤ to */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

async function rowsWithin(
  db: Kysely<Tables>,
  { from, to, limit }: Window,
  filter: DetectionFilter,
): Promise<readonly FollowingDetection[]> {
  let query = db
    .selectFrom('detections')
    .select([...loggedColumns, 'seq'])
    .where('seq', '>', from)
    .where('seq', '<=', to);
  if (Object.keys(filter).length > 0) query = query.where('id', 'in', matching(db, filter).select('detection_id'));
  const rows = await query.orderBy('seq').limit(limit).execute();
  return rows.map((row) => ({ ...loggedOf(row), seq: row.seq }));
}
