import { type Kysely, sql } from 'kysely';
import { ensurePartitions, monthOf, type Tables } from '../src/database/index.js';

const chunkRows = 50_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Fills an empty log on PostgreSQL with random rows of the last 365 days, made by the server itself, a million in a few
 * minutes: senders and classes from common to rare, a model that took over from another, films without an answer. Their
 * hashes are random, too, so `log verify` can't check them (manyRows.ts makes a chain). Needs a superuser, since it
 * writes what the triggers would maintain.
 */
export async function drawRows(db: Kysely<Tables>, rows: number, end = Date.now()): Promise<void> {
  const start = end - 365 * dayMs;
  const days = Array.from({ length: 366 }, (_, day) => monthOf(new Date(start + day * dayMs)));
  await ensurePartitions(
    db,
    days.filter(({ month }, i) => month !== days[i - 1]?.month),
  );
  for (const [name, digit] of [
    ['cxr-old', '1'],
    ['cxr-opacity', '2'],
    ['trial', '3'],
  ] as const)
    await db
      .insertInto('models')
      .values({ name, version: '1.0.0', spec_sha256: digit.repeat(64), onnx_sha256: digit.repeat(64), spec: '{}' })
      .execute();
  for (let first = 0; first < rows; first += chunkRows) {
    await db.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      await draw(trx, { first, last: Math.min(rows, first + chunkRows), start, msEach: (end - start) / (rows + 1) });
    });
  }
  await db.updateTable('chain_head').set({ seq: rows }).execute();
  await sql`vacuum analyze`.execute(db);
}

interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly msEach: number;
}

async function draw(trx: Kysely<Tables>, chunk: Chunk): Promise<void> {
  await films(trx, chunk);
  await sql`
    insert into detections (id, created_at, state, reason_code, model_name, model_version, spec_sha256, provider,
      submitter, image_sha256, threshold, film_score, report, candidates, candidate_floor, seq, previous_hash, hash,
      references_digest, key_digest)
    select id, at, state, reason, model, '1.0.0', repeat(digit, 64), 'cpu', submitter,
      case when reason is null then md5(id::text) || md5(id::text) end, case when reason is null then .3 end, score,
      ${report}, detections::jsonb, .05, n, sha256(n::text::bytea), sha256(n::text::bytea),
      sha256(n::text::bytea), sha256(n::text::bytea)
    from drawn`.execute(trx);
  await sql`
    insert into detection_boxes
    select d ->> 'id', id, d ->> 'class', (d ->> 'score')::float8, 310.25, 640.5, 402.75, 512.5
    from drawn cross join lateral json_array_elements(detections) as d`.execute(trx);
  await sql`
    insert into film_references (detection_id, patient_ref, accession_number, external_id)
    select id, 'P-' || n / 5, 'A-' || n, 'E-' || n from drawn where n % 3 = 0`.execute(trx);
  await tallies(trx);
  await sql`drop table drawn`.execute(trx);
}

async function films(trx: Kysely<Tables>, { first, last, start, msEach }: Chunk): Promise<void> {
  await sql`
    create temporary table drawn as
    with drawing as (
      select n, ${start}::bigint + floor(n * ${msEach}::float8)::bigint as ms, md5(n::text) as tail,
        random() as by_sender, random() as by_class, random() as by_model, random() as by_failure,
        round((random() ^ 3)::numeric, 6)::float8 as drawn_score, 1 + floor(random() * random() * 6)::int as boxes,
        round((50 + 60 * random())::numeric, 1) as infer_ms
      from generate_series(${first}::int + 1, ${last}::int) as n
    ), film as (
      select *, (substr(lpad(to_hex(ms), 12, '0') || '7' || substr(tail, 1, 3) || '8' || substr(tail, 4, 15), 1,
          32))::uuid as id,
        to_timestamp(ms / 1000.0) as at,
        case when by_failure < .005 then 'engine-failed' end as reason,
        case when by_failure >= .005 then drawn_score end as score,
        case when by_sender < .5 then 'ris' when by_sender < .8 then 'pacs' when by_sender < .95 then 'ward'
          when by_sender < .999 then 'clinic-' || floor(by_class * 10) else 'rare-' || floor(by_class * 50) end
          as submitter,
        case when by_class < .0002 then 'fracture' when by_class < .003 then 'pneumothorax'
          when by_class < .03 then 'nodule' else 'opacity' end as class,
        case when by_model < .001 then '3' when n < 4e-1 * ${sql.lit(365 * dayMs)} / ${msEach}::float8 then '1'
          else '2' end as digit
      from drawing
    )
    select *, case digit when '1' then 'cxr-old' when '2' then 'cxr-opacity' else 'trial' end as model,
      case when score is null then 'not-analysed' when score >= .3 then 'findings' else 'below-threshold' end as state,
      (case when score >= .3 then (
        select json_agg(json_build_object('id', id || '-' || box, 'class', class, 'score', score / box,
          'scores', json_build_object(class, score / box), 'attributes', '{}'::json,
          'box', '{"x":310.25,"y":640.5,"width":402.75,"height":512.5}'::json))
        from generate_series(1, boxes) as box) else '[]'::json end) as detections
    from film`.execute(trx);
  await sql`analyze drawn`.execute(trx);
}

const report = sql.raw(`'{"schemaVersion":1,"id":"' || id || '","createdAt":"'
  || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","state":"' || state
  || '","lookedFor":["opacity"],"notice":"Research use only. Not for diagnosis.","model":{"name":"' || model
  || '","version":"1.0.0","specSha256":"' || repeat(digit, 64) || '","onnxSha256":"' || repeat(digit, 64)
  || '"},"provider":"cpu",' || case when reason is null then '"image":{"sha256":"' || md5(id::text) || md5(id::text)
  || '","width":2021,"height":2021,"format":"png","bits":16,"preparation":{"window":[812,3901],"inverted":false,'
  || '"orientation":1}},"threshold":0.3,"filmScore":' || score || ',"attributes":null,"detections":' || detections
  else '"image":null,"reason":{"code":"engine-failed","detail":"two crashes"}' end
  || ',"submitter":"' || submitter || '","timings":{"queueMs":0.4,"decodeMs":9.1,"inferMs":' || infer_ms
  || ',"postMs":0.3}}'`);

/** Like tallies_of_rows, but without reading the reports. A day that two chunks share is summed. */
async function tallies(trx: Kysely<Tables>): Promise<void> {
  await sql`
    with binned as (
      select (at at time zone 'UTC')::date as day, model, submitter, kind, bin, count(*) as films, sum(value) as value
      from drawn cross join lateral (values
        ('state', state, 0),
        ('reason', reason, 0),
        ('score', score_bin(score)::text, round(score * 1e6)::bigint),
        ('latency', case when reason is null then latency_bin((infer_ms + 9.8)::float8)::text end,
          round((infer_ms + 9.8) * 1000)::bigint)
      ) as counted (kind, bin, value)
      where bin is not null
      group by 1, 2, 3, 4, 5
    )
    insert into film_tallies as t
    select day, model, '1.0.0', submitter,
      coalesce(sum(films) filter (where bin = 'findings'), 0),
      coalesce(sum(films) filter (where bin = 'below-threshold'), 0),
      coalesce(sum(films) filter (where bin = 'not-analysed'), 0),
      coalesce(jsonb_object_agg(bin, films) filter (where kind = 'reason'), '{}'),
      coalesce(jsonb_object_agg(bin, jsonb_build_array(films, value)) filter (where kind = 'score'), '{}'),
      coalesce(jsonb_object_agg(bin, jsonb_build_array(films, value)) filter (where kind = 'latency'), '{}')
    from binned group by day, model, submitter
    on conflict (day, model_name, model_version, submitter) do update set
      findings = t.findings + excluded.findings, below_threshold = t.below_threshold + excluded.below_threshold,
      not_analysed = t.not_analysed + excluded.not_analysed`.execute(trx);
}
