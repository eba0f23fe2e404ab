import { type Kysely, sql } from 'kysely';

/**
 * Which film of a patient a row is about: when it was taken, and what its sender calls it. Both lie beside the other
 * references, under the same digest (src/log/seal.ts leaves out what is null, so that the digests of older rows hold).
 *
 * The date is text, YYYY-MM-DD: drivers make a local midnight of a date.
 *
 * Also: an index for lists by number of boxes. It counts in the report, so that rows of an older version that serves
 * beside this one are in it.
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
