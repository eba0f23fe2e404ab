import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.js';
import type { DetectionFilter, FollowingDetection } from './entry.js';
import { lastSeq } from './find.js';
import { matching } from './matching.js';
import { loggedColumns, loggedOf } from './row.js';

/** The rows after a position, and how far the log was scanned. */
export interface Followed {
  readonly rows: readonly FollowingDetection[];
  /** Where to continue: the last of the rows or, if there are no more, the newest link scanned. */
  readonly position: number;
}

/** Links scanned by one statement, so that none times out, however rare the matches are. */
const windowLinks = 10_000;
/** Links scanned by one call: a caller that starts from an old position needs several. */
const mostLinks = 20 * windowLinks;

/**
 * Rows after a link of the chain, in commit order: the way to follow the log. An id holds the time of upload, and a
 * film that took longer is committed after younger ones: polling by time would miss it.
 *
 * The position also advances past rows that don't match. That misses nothing: the chain's head stays locked until the
 * commit, so once a link can be read as the head, all links up to it are committed, and every later one is above it.
 *
 * @example
 * const start = await log.lastSeq();
 * const { rows, position } = await log.following(start, 100, { submitter: 'ris' });
 * // The next call continues from there.
 * await log.following(position, 100, { submitter: 'ris' });
 */
export async function following(
  db: Kysely<Tables>,
  after: number,
  limit: number,
  filter: DetectionFilter = {},
): Promise<Followed> {
  // Read before the rows: whatever is committed in between comes after it.
  const head = await lastSeq(db);
  const end = Math.min(head, after + mostLinks);
  const rows: FollowingDetection[] = [];
  for (let from = after; from < end; from += windowLinks) {
    const to = Math.min(end, from + windowLinks);
    rows.push(...(await rowsWithin(db, { from, to, limit: limit - rows.length }, filter)));
    if (rows.length === limit) return { rows, position: rows.at(-1)?.seq ?? after };
  }
  // A position beyond the head comes from an earlier log: it stays as it is and matches nothing.
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
