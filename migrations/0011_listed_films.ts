import { type Kysely, sql } from 'kysely';

/**
 * What lists are chosen and ordered by, in narrow rows: every film under the class '', and once more under each class
 * of its boxes. A list reads ids from one index and only then the wide rows with their reports.
 *
 * By state, so that each has statistics of its own: that no film below the threshold has a score of .9 is not to be
 * guessed from state and score apart. A trigger keeps the rows, so that films of the version before are listed as well.
 * There is no foreign key to `detections`, for the reason in 0005.
 *
 * Also: the latency of a film from one reading of its report, rather than from four.
 *
 * Appends go on while existing rows are listed; they wait only for rows that came meanwhile.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table listed_films (
      state text not null,
      class text not null,
      detection_id uuid not null,
      submitter text not null,
      model_name text not null,
      film_score double precision,
      box_count integer
    ) partition by list (state)`.execute(db);
  await sql`create table films_with_findings partition of listed_films for values in ('findings')`.execute(db);
  await sql`create table films_below_threshold partition of listed_films for values in ('below-threshold')`.execute(db);
  await sql`create table films_not_analysed partition of listed_films for values in ('not-analysed')`.execute(db);

  // Links are given in the order of commits: what is up to this one is committed, and what comes now is above it.
  const { rows } = await sql<{ seq: string | number }>`select seq from chain_head`.execute(db);
  const last = String(rows[0]?.seq ?? 0);
  await listRows(db, sql`seq <= ${sql.lit(last)}::bigint`);
  await indexes(db);
  await trigger(db);
  await sql`lock table detections in share row exclusive mode`.execute(db);
  await listRows(db, sql`seq > ${sql.lit(last)}::bigint`);
  await sql`
    create trigger list_film after insert on detections
    for each row execute function list_film()`.execute(db);

  await readTimingsOnce(db);

  // What read these two reads the new table, and neither was in a release.
  await sql`drop index detections_by_state_and_score`.execute(db);
  await sql`drop index detections_by_box_count`.execute(db);
}

/** Counts boxes in their table: reading them in a million reports takes minutes. */
async function listRows(db: Kysely<unknown>, which: ReturnType<typeof sql>): Promise<void> {
  await sql`
    with films as materialized (
      select state, id, submitter, model_name, film_score from detections where ${which}
    ), boxes as materialized (
      select detection_id, class, count(*)::int as boxes from detection_boxes
      where detection_id in (select id from films) group by detection_id, class
    ), counts as (
      select detection_id, sum(boxes)::int as boxes from boxes group by detection_id
    )
    insert into listed_films
    select state, '', id, submitter, model_name, film_score,
      case when state <> 'not-analysed' then coalesce(counts.boxes, 0) end
    from films left join counts on counts.detection_id = id
    union all
    select state, boxes.class, id, submitter, model_name, film_score, counts.boxes
    from films inner join boxes on boxes.detection_id = id inner join counts on counts.detection_id = id`.execute(db);
}

/** Each holds every column that a filter asks for, so that the table itself is not read. */
async function indexes(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table listed_films add primary key (class, detection_id, state)
    include (submitter, model_name, film_score)`.execute(db);
  await sql`
    create index listed_films_by_score on listed_films (class, film_score, detection_id)
    include (state, submitter, model_name)`.execute(db);
  await sql`
    create index listed_films_by_boxes on listed_films (class, box_count, detection_id)
    include (state, submitter, model_name, film_score)`.execute(db);
  await sql`
    create index listed_films_by_submitter on listed_films (class, submitter, detection_id)
    include (state, model_name, film_score)`.execute(db);
  await sql`
    create index listed_films_by_model on listed_films (class, model_name, detection_id)
    include (state, submitter, film_score)`.execute(db);
  await sql`analyze listed_films`.execute(db);
}

async function trigger(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function list_film() returns trigger language plpgsql as $$
    declare
      boxes json := new.report::json -> 'detections';
    begin
      insert into listed_films
      select new.state, class, new.id, new.submitter, new.model_name, new.film_score, json_array_length(boxes)
      from (select '' as class union select box ->> 'class' from json_array_elements(boxes) as box) as classes;
      return null;
    end
    $$`.execute(db);
}

async function readTimingsOnce(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function latency_of(report text) returns double precision language sql immutable as $$
      select (timings ->> 'queueMs')::float8 + (timings ->> 'decodeMs')::float8
        + (timings ->> 'inferMs')::float8 + (timings ->> 'postMs')::float8
      from (select report::json -> 'timings' as timings offset 0) as once
    $$`.execute(db);
}
