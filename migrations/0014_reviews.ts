import { type Kysely, sql } from 'kysely';

/**
 * What readers said of reports. Rows are never changed or deleted: a trigger refuses it, whoever asks. `review` is
 * text, since it must come back as it was recorded, and its hash is in the audit; the other columns are projections.
 *
 * There is no foreign key to `detections`, for the reason in 0005.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table reviews (
      id uuid primary key,
      detection_id uuid not null,
      reader text not null,
      made_in text not null check (made_in in ('page', 'ohif')),
      complete boolean not null,
      unsuitable boolean not null,
      review text not null,
      request_key uuid,
      request_sha256 text check (request_sha256 ~ '^[0-9a-f]{64}$'),
      constraint review_is_of_this_row check (
        review::json ->> 'id' = id::text and review::json ->> 'detectionId' = detection_id::text
        and review::json ->> 'reader' = reader),
      constraint keyed_requests_have_a_hash check ((request_key is null) = (request_sha256 is null))
    )`.execute(db);
  await sql`create index reviews_by_detection on reviews (detection_id, id)`.execute(db);
  await sql`create index reviews_by_reader on reviews (reader, id)`.execute(db);
  await sql`
    create unique index reviews_by_request on reviews (reader, request_key)
    where request_key is not null`.execute(db);

  await sql`
    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'rows of % are never changed: add a further one', tg_table_name using errcode = '55000';
    end
    $$`.execute(db);
  await sql`
    create trigger reviews_stay before update or delete or truncate on reviews
    for each statement execute function refuse_change()`.execute(db);
}
