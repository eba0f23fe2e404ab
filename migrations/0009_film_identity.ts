import { type Kysely, sql } from 'kysely';

/**
 * Which film of a patient a row is about: when it was taken, and what its sender calls it. Both are with the other
 * references, under the same digest (src/log/seal.ts leaves out nulls, so that the digests of older rows still match).
 *
 * The date is text, YYYY-MM-DD: drivers turn a date into local midnight.
 *
 * Also: an index for lists by number of boxes. It counts them in the report, so that it includes rows of an older
 * version running alongside this one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table film_references
      add column study_date text collate "C" check (study_date ~ '^\\d{4}-\\d{2}-\\d{2}$'),
      add column label text check (char_length(label) <= 128)`.execute(db);

  await sql`
    create function box_count_of(report text) returns integer language sql immutable as $$
      select json_array_length(report::json -> 'detections')
    $$`.execute(db);
  await sql`create index detections_by_box_count on detections (box_count_of(report), id)`.execute(db);
}
