import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.js';
import type { ChainFault } from './entry.js';

/** Links compared by one statement. */
const windowLinks = 10_000;

/**
 * Films that lists show differently from their rows, or without a row or a box. The database compares them with the
 * rows' columns and boxes, which `verify` checks against the reports.
 */
export async function listFaults(db: Kysely<Tables>, lastSeq: number): Promise<ChainFault[]> {
  const boxes = await db.selectFrom('detection_boxes').select('class').distinct().execute();
  const classes = ['', ...boxes.map((box) => box.class)];
  const ids: string[] = [];
  for (let after = 0; after < lastSeq; after += windowLinks)
    ids.push(...(await listedOtherwise(db, { after, last: Math.min(lastSeq, after + windowLinks), classes })));
  return [
    ...ids.map((id) => ({ id, problem: 'lists do not show it as it was logged' })),
    ...(await listedInVain(db)).map((id) => ({ id, problem: 'lists show what was not logged' })),
  ];
}

interface Window {
  /** after < link ≤ last */
  readonly after: number;
  readonly last: number;
  readonly classes: readonly string[];
}

async function listedOtherwise(db: Kysely<Tables>, window: Window): Promise<readonly string[]> {
  const { after, last, classes } = window;
  // Links follow ids closely: few other rows lie between these two, and with both the planner can tell how many.
  const { rows: ends } = await sql<{ first: string | null; latest: string | null }>`
    select min(id::text) as first, max(id::text) as latest from detections
    where seq > ${after} and seq <= ${last}`.execute(db);
  const { first = null, latest = null } = ends[0] ?? {};
  if (first === null) return [];
  const { rows } = await sql<{ id: string }>`
    with films as materialized (
      select id, state, submitter, model_name, film_score from detections where seq > ${after} and seq <= ${last}
    ), held as materialized (
      select detection_id, class, count(*)::int as boxes from detection_boxes
      where detection_id between ${first}::uuid and ${latest}::uuid group by detection_id, class
    ), counts as (
      select detection_id, sum(boxes)::int as boxes from held group by detection_id
    ), shown as (
      select films.*, '' as class, case when state <> 'not-analysed' then coalesce(counts.boxes, 0) end as boxes
      from films left join counts on counts.detection_id = id
      union all
      select films.*, held.class, counts.boxes
      from films inner join held on held.detection_id = id inner join counts on counts.detection_id = id
    ), listed as materialized (
      select * from listed_films
      where class = any(${classes}) and detection_id between ${first}::uuid and ${latest}::uuid
    )
    select distinct shown.id
    from shown left join listed
      on listed.class = shown.class and listed.detection_id = shown.id and listed.state = shown.state
    where (listed.submitter, listed.model_name, listed.film_score, listed.box_count)
      is distinct from (shown.submitter, shown.model_name, shown.film_score, shown.boxes)
    order by shown.id`.execute(db);
  return rows.map(({ id }) => id);
}

async function listedInVain(db: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select detection_id as id from listed_films
    where class = '' and not exists (
      select from detections where id = detection_id and detections.state = listed_films.state)
    union
    select detection_id from listed_films as listed
    where class <> '' and not exists (
      select from detection_boxes as box where box.class = listed.class and box.detection_id = listed.detection_id)
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}
