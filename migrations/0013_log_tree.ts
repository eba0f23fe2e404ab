import { type Kysely, sql } from 'kysely';

/**
 * A Merkle tree over detections and audit events (docs/decisions/0008-log-tree.md), and its signed checkpoints.
 *
 * Nothing here is written when a film is logged: the service takes committed rows into the tree afterwards, those of
 * the version before as well. Detections are taken in the order of their links. Audit events have no such order (an id
 * may be committed after a higher one), so a trigger queues them, those of an older version included.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_tree (
      only_row boolean primary key default true check (only_row),
      size bigint not null default 0 check (size >= 0),
      taken_seq bigint not null default 0 check (taken_seq >= 0)
    )`.execute(db);
  await sql`insert into log_tree default values`.execute(db);

  // No foreign keys: that a leaf's row is gone must be found, not prevented; and partitions are dropped some day.
  await sql`
    create table log_leaves (
      position bigint primary key check (position >= 0),
      detection_id uuid,
      event_id bigint,
      salt bytea check (octet_length(salt) = 32),
      constraint one_entry check (num_nonnulls(detection_id, event_id) = 1),
      constraint events_are_salted check ((event_id is null) = (salt is null))
    )`.execute(db);
  await sql`
    create unique index log_leaves_by_detection on log_leaves (detection_id)
    where detection_id is not null`.execute(db);
  await sql`create unique index log_leaves_by_event on log_leaves (event_id) where event_id is not null`.execute(db);

  // Tile n of level l holds the roots of the subtrees of 256^l leaves from n * 256 on: up to 256 hashes, left to right.
  await sql`
    create table log_tiles (
      level smallint not null check (level >= 0),
      tile bigint not null check (tile >= 0),
      hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
      primary key (level, tile)
    )`.execute(db);
  // Hashes don't compress.
  await sql`alter table log_tiles alter column hashes set storage external`.execute(db);

  await sql`
    create table log_checkpoints (
      size bigint primary key check (size >= 0),
      note text not null,
      verifier_key text not null,
      made_at timestamptz(3) not null default now()
    )`.execute(db);

  await sql`create table untaken_events (event_id bigint primary key)`.execute(db);
  await sql`
    create function queue_event() returns trigger language plpgsql as $$
    begin
      insert into untaken_events values (new.id);
      return null;
    end
    $$`.execute(db);
  await sql`
    create trigger queue_event after insert on audit_events
    for each row execute function queue_event()`.execute(db);
  await sql`insert into untaken_events select id from audit_events on conflict do nothing`.execute(db);
}
