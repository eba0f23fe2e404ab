import { type Kysely, sql } from 'kysely';

/**
 * Sums for each day (UTC), model and submitter, kept as rows come, so that statistics over a year read a few hundred
 * rows instead of every report. A trigger keeps them, so that rows of the version before this step are counted as well.
 *
 * `scores` and `latencies` are histograms: bin → [films, sum of their values], the values in millionths of a score and
 * in microseconds. A score's bin is floor(200 s), a latency's floor(log₁.₀₂(ms + 1)). The sum tells the mean of a bin:
 * a quantile is exact where a bin holds one value, and within .005 of a score or 2 % of a latency elsewhere.
 *
 * Appends wait while existing rows are counted: minutes for a million (547 s, measured on two cores shared with some
 * twenty other processes).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`lock table detections in share row exclusive mode`.execute(db);
  await sql`
    create table film_tallies (
      day date not null,
      model_name text not null,
      model_version text not null,
      submitter text not null,
      findings integer not null,
      below_threshold integer not null,
      not_analysed integer not null,
      reasons jsonb not null,
      scores jsonb not null,
      latencies jsonb not null,
      primary key (day, model_name, model_version, submitter)
    ) with (fillfactor = 50)`.execute(db);
  await functions(db);
  await sql`
    insert into film_tallies select * from tallies_of_rows(
      '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')`.execute(db);
  await sql`
    create trigger count_film after insert on detections
    for each row execute function count_film()`.execute(db);
}

async function functions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function latency_of(report text) returns double precision language sql immutable as $$
      select (report::json #>> '{timings,queueMs}')::float8 + (report::json #>> '{timings,decodeMs}')::float8
        + (report::json #>> '{timings,inferMs}')::float8 + (report::json #>> '{timings,postMs}')::float8
    $$`.execute(db);
  await sql`
    create function score_bin(score double precision) returns integer language sql immutable as $$
      select floor(score * 200)::int
    $$`.execute(db);
  await sql`
    create function latency_bin(ms double precision) returns integer language sql immutable as $$
      select case when ms is not null then floor(ln(greatest(ms, 0) + 1) / ln(1.02))::int end
    $$`.execute(db);
  await sql`
    create function add_to_bin(bins jsonb, bin integer, value bigint) returns jsonb language sql immutable as $$
      select case when bin is null then bins else jsonb_set(bins, array[bin::text], jsonb_build_array(
        coalesce((bins -> bin::text ->> 0)::bigint, 0) + 1,
        coalesce((bins -> bin::text ->> 1)::bigint, 0) + value)) end
    $$`.execute(db);

  // The same sums from the rows themselves: for those that were there before, and for parts of a day.
  await sql`
    create function tallies_of_rows(first uuid, beyond uuid) returns setof film_tallies language sql stable as $$
      with films as materialized (
        select (created_at at time zone 'UTC')::date as day, model_name, model_version, submitter, state, reason_code,
          film_score, case when state <> 'not-analysed' then latency_of(report) end as ms
        from detections where id >= first and id < beyond
      ), binned as (
        select day, model_name, model_version, submitter, kind, bin, count(*) as films, sum(value) as value
        from films cross join lateral (values
          ('state', state, 0),
          ('reason', reason_code, 0),
          ('score', score_bin(film_score)::text, round(film_score * 1e6)::bigint),
          ('latency', latency_bin(ms)::text, round(ms * 1000)::bigint)
        ) as counted(kind, bin, value)
        where bin is not null
        group by day, model_name, model_version, submitter, kind, bin
      )
      select day, model_name, model_version, submitter,
        coalesce(sum(films) filter (where kind = 'state' and bin = 'findings'), 0)::int,
        coalesce(sum(films) filter (where kind = 'state' and bin = 'below-threshold'), 0)::int,
        coalesce(sum(films) filter (where kind = 'state' and bin = 'not-analysed'), 0)::int,
        coalesce(jsonb_object_agg(bin, films) filter (where kind = 'reason'), '{}'),
        coalesce(jsonb_object_agg(bin, jsonb_build_array(films, value)) filter (where kind = 'score'), '{}'),
        coalesce(jsonb_object_agg(bin, jsonb_build_array(films, value)) filter (where kind = 'latency'), '{}')
      from binned group by day, model_name, model_version, submitter
    $$`.execute(db);

  await sql`
    create function count_film() returns trigger language plpgsql as $$
    declare
      ms double precision := case when new.state <> 'not-analysed' then latency_of(new.report) end;
      in_score integer := score_bin(new.film_score);
      in_latency integer := latency_bin(ms);
      score bigint := round(new.film_score * 1e6);
      latency bigint := round(ms * 1000);
    begin
      insert into film_tallies as t values (
        (new.created_at at time zone 'UTC')::date, new.model_name, new.model_version, new.submitter,
        (new.state = 'findings')::int, (new.state = 'below-threshold')::int, (new.state = 'not-analysed')::int,
        case when new.reason_code is null then '{}' else jsonb_build_object(new.reason_code, 1) end,
        add_to_bin('{}', in_score, score), add_to_bin('{}', in_latency, latency))
      on conflict (day, model_name, model_version, submitter) do update set
        findings = t.findings + excluded.findings,
        below_threshold = t.below_threshold + excluded.below_threshold,
        not_analysed = t.not_analysed + excluded.not_analysed,
        reasons = case when new.reason_code is null then t.reasons else jsonb_set(t.reasons, array[new.reason_code],
          to_jsonb(coalesce((t.reasons ->> new.reason_code)::int, 0) + 1)) end,
        scores = add_to_bin(t.scores, in_score, score),
        latencies = add_to_bin(t.latencies, in_latency, latency);
      return null;
    end
    $$`.execute(db);
}
