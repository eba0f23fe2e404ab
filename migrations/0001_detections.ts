import { type Kysely, sql } from 'kysely';

/**
 * The log itself. `detections` is partitioned by month of its UUIDv7 id; the partitions are made at run
 * time (src/log/partitions.ts). `report` is text, since it must come back exactly as it was answered;
 * all other columns of the row are projections of it, for queries, and `log verify` compares them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table models (
      spec_sha256 text primary key check (spec_sha256 ~ '^[0-9a-f]{64}$'),
      name text not null,
      version text not null,
      onnx_sha256 text not null check (onnx_sha256 ~ '^[0-9a-f]{64}$'),
      spec text not null,
      first_seen timestamptz(3) not null default now(),
      unique (name, version)
    )`.execute(db);

  await sql`
    create table detections (
      id uuid primary key,
      created_at timestamptz(3) not null,
      state text not null check (state in ('findings', 'below-threshold', 'not-analysed')),
      reason_code text check ((reason_code is not null) = (state = 'not-analysed')),
      model_name text not null,
      model_version text not null,
      spec_sha256 text not null references models (spec_sha256),
      provider text,
      submitter text not null,
      image_sha256 text check (image_sha256 ~ '^[0-9a-f]{64}$'),
      threshold double precision check (threshold between 0 and 1),
      film_score double precision check (film_score between 0 and 1),
      report text not null,
      candidates jsonb not null check (jsonb_typeof(candidates) = 'array'),
      candidate_floor double precision not null check (candidate_floor between 0 and 1),
      reviewed_at timestamptz(3),
      seq bigint not null check (seq > 0),
      previous_hash bytea not null check (octet_length(previous_hash) = 32),
      hash bytea not null check (octet_length(hash) = 32),
      constraint scored_exactly_when_analysed
        check ((film_score is null) = (state = 'not-analysed') and (threshold is null) = (state = 'not-analysed')),
      constraint analysed_from_a_film check (state = 'not-analysed' or image_sha256 is not null),
      constraint report_is_of_this_row
        check (report::json ->> 'id' = id::text and report::json ->> 'state' = state)
    ) partition by range (id)`.execute(db);
  await sql`create index detections_by_submitter on detections (submitter, id)`.execute(db);
  await sql`create index detections_by_image on detections (image_sha256)`.execute(db);
  await sql`create index detections_by_model on detections (model_name, id)`.execute(db);
  await sql`create index detections_by_state on detections (state, id)`.execute(db);
  await sql`create index detections_by_film_score on detections (film_score)`.execute(db);
  await sql`create index detections_by_seq on detections (seq)`.execute(db);

  // Deferred: boxes and references are written before their row, so that the chain's lock is held for one statement.
  await sql`
    create table detection_boxes (
      id text primary key,
      detection_id uuid not null references detections (id) deferrable initially deferred,
      class text not null,
      score double precision not null check (score between 0 and 1),
      x double precision not null,
      y double precision not null,
      width double precision not null check (width > 0),
      height double precision not null check (height > 0)
    )`.execute(db);
  await sql`create index detection_boxes_by_detection on detection_boxes (detection_id)`.execute(db);
  await sql`create index detection_boxes_by_class on detection_boxes (class, detection_id)`.execute(db);

  await sql`
    create table film_references (
      detection_id uuid primary key references detections (id) deferrable initially deferred,
      patient_ref text,
      accession_number text,
      study_instance_uid text,
      sop_instance_uid text,
      external_id text
    )`.execute(db);
  await sql`create index film_references_by_patient on film_references (patient_ref) where patient_ref is not
    null`.execute(db);
  await sql`create index film_references_by_accession on film_references (accession_number) where accession_number is
    not null`.execute(db);
  await sql`create index film_references_by_external_id on film_references (external_id) where external_id is not
    null`.execute(db);

  await sql`
    create table idempotency_keys (
      submitter text not null,
      key text not null,
      body_sha256 text not null check (body_sha256 ~ '^[0-9a-f]{64}$'),
      expires_at timestamptz(3) not null,
      detection_id uuid references detections (id) deferrable initially deferred,
      primary key (submitter, key)
    )`.execute(db);

  await sql`
    create table chain_head (
      only_row boolean primary key default true check (only_row),
      seq bigint not null,
      previous_hash bytea not null check (octet_length(previous_hash) = 32),
      hash bytea not null check (octet_length(hash) = 32)
    )`.execute(db);
  await sql`
    insert into chain_head (seq, previous_hash, hash)
    values (0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))`.execute(db);

  // Written by readiness checks: "a write would be committed now" is only known by committing one.
  await sql`create table heartbeat (only_row boolean primary key default true check (only_row), at timestamptz(3) not
    null)`.execute(db);
  await sql`insert into heartbeat (at) values (now())`.execute(db);
}
