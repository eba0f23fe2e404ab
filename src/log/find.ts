import type { Kysely } from 'kysely';
import { isUuid, type Tables } from '../database/index.js';
import type { DetectionFilter, LoggedDetection } from './entry.js';
import { list } from './list.js';
import { loggedColumns, loggedOf } from './row.js';

/** Rows fetched per page of a stream. */
const pageRows = 200;

/** The row with this id, if there is one and, with `submitter`, if it is theirs. */
export async function find(
  db: Kysely<Tables>,
  id: string,
  { submitter }: Pick<DetectionFilter, 'submitter'> = {},
): Promise<LoggedDetection | undefined> {
  if (!isUuid(id)) return undefined;
  let query = db.selectFrom('detections').select(loggedColumns).where('id', '=', id);
  if (submitter !== undefined) query = query.where('submitter', '=', submitter);
  const row = await query.executeTakeFirst();
  return row && loggedOf(row);
}

/** The last link of the chain. */
export async function lastSeq(db: Kysely<Tables>): Promise<number> {
  const { seq } = await db.selectFrom('chain_head').select('seq').executeTakeFirstOrThrow();
  return seq;
}

/**
 * Newest first, page by page: a slow reader holds neither a session nor a snapshot, and the only session of an embedded
 * log is free for appends between pages. A row committed meanwhile never shifts a page; it is in the stream only if its
 * id is below the point the stream has reached (see `following`).
 *
 * @example
 * for await (const { reportText } of log.stream({ state: 'findings' })) process.stdout.write(`${reportText}\n`);
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
