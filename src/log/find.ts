import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import { firstIdAt, isUuid, type Tables } from '../database/index.js';
import type { DetectionFilter, FollowingDetection, LoggedDetection } from './entry.js';
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

/** Newest first, rows with an id below `before`. Throws TypeError when `before` is no UUID. */
export async function list(
  db: Kysely<Tables>,
  filter: DetectionFilter,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly LoggedDetection[]> {
  let query = matching(db, filter);
  if (before !== undefined) {
    if (!isUuid(before)) throw new TypeError('a page starts at the id of a row');
    query = query.where('detections.id', '<', before);
  }
  const rows = await query.select(loggedColumns).orderBy('detections.id', 'desc').limit(limit).execute();
  return rows.map(loggedOf);
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

const mostPriors = 50;

/**
 * Earlier rows with the submitter and the patientRef of this one, newest first: two senders may call two patients the
 * same.
 */
export async function priors(db: Kysely<Tables>, id: string): Promise<readonly LoggedDetection[]> {
  if (!isUuid(id)) return [];
  const film = await db
    .selectFrom('film_references')
    .innerJoin('detections', 'detections.id', 'film_references.detection_id')
    .select(['submitter', 'patient_ref'])
    .where('detections.id', '=', id)
    .executeTakeFirst();
  if (film === undefined || film.patient_ref === null) return [];
  return list(db, { submitter: film.submitter, patientRef: film.patient_ref }, { limit: mostPriors, before: id });
}

/**
 * Newest first, page by page: no session and no snapshot is held while the reader is slow, and the only
 * session of an embedded log is free for appends between two pages. A row that is committed meanwhile never shifts a
 * page; it is in the stream only if its id is below the place that the stream has reached (see `following`).
 */
export async function* stream(db: Kysely<Tables>, filter: DetectionFilter): AsyncGenerator<LoggedDetection, void> {
  let before: string | undefined;
  for (;;) {
    const page = await list(db, filter, { limit: pageRows, ...(before !== undefined && { before }) });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    before = last.id;
  }
}

function matching(db: Kysely<Tables>, filter: DetectionFilter): SelectQueryBuilder<Tables, 'detections', object> {
  let query = db.selectFrom('detections');
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.model !== undefined) query = query.where('model_name', '=', filter.model);
  if (filter.minFilmScore !== undefined) {
    query = query.where('film_score', '>=', filter.minFilmScore);
    const within = rangeOf(filter.state, filter.minFilmScore);
    if (within !== undefined) query = query.where(within);
  }
  if (filter.submitter !== undefined) query = query.where('submitter', '=', filter.submitter);
  if (filter.sha256 !== undefined) query = query.where('image_sha256', '=', filter.sha256);
  if (filter.reviewed !== undefined) query = query.where('reviewed_at', filter.reviewed ? 'is not' : 'is', null);
  // Times as ids: the planner leaves out the partitions of other months.
  if (filter.from !== undefined) query = query.where('detections.id', '>=', firstIdAt(filter.from));
  if (filter.to !== undefined) query = query.where('detections.id', '<', firstIdAt(filter.to));
  const boxClass = filter.class;
  if (boxClass !== undefined) {
    query = query.where('detections.id', 'in', (eb) =>
      eb.selectFrom('detection_boxes').select('detection_id').where('class', '=', boxClass),
    );
  }
  const references = [
    ['external_id', filter.externalId],
    ['patient_ref', filter.patientRef],
    ['accession_number', filter.accessionNumber],
  ] as const;
  for (const [column, value] of references) {
    if (value === undefined) continue;
    query = query.where('detections.id', 'in', (eb) =>
      eb.selectFrom('film_references').select('detection_id').where(column, '=', value),
    );
  }
  return query;
}

/**
 * State and score in one number, as in the index detections_by_state_and_score: says nothing new, but tells the planner
 * how scores are spread within the state.
 */
function rangeOf(state: DetectionFilter['state'], minFilmScore: number): RawBuilder<SqlBool> | undefined {
  if (state !== 'findings' && state !== 'below-threshold') return undefined;
  const [from, to] = state === 'findings' ? [2 + minFilmScore, 3] : [minFilmScore, 1];
  return sql<SqlBool>`(case state when 'findings' then 2 + film_score when 'below-threshold' then film_score end)
    between ${from} and ${to}`;
}
