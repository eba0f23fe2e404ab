import { type Kysely, sql } from 'kysely';

/**
 * What replicas must know about each other: login attempts, which are counted for all of them together, and films that
 * were deleted at another one, whose files they drop.
 *
 * Also: rows for readiness checks. They fill pages of their own each time, as an answer's row does; the heartbeat's row
 * fits into an existing page, and is written even on a full disk. Filler is not compressed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Of nobody: subjects are digests, and what is over is deleted.
  await sql`
    create table login_attempts (
      subject text primary key check (subject ~ '^[0-9a-f]{64}$'),
      attempts integer not null,
      ends_at timestamptz(3) not null
    )`.execute(db);
  await sql`create index login_attempts_by_end on login_attempts (ends_at)`.execute(db);

  await sql`
    create index kept_films_by_deletion on kept_films (deleted_at)
    where deleted_at is not null`.execute(db);

  await sql`create table trial_rows (filler text not null)`.execute(db);
  await sql`alter table trial_rows alter column filler set storage plain`.execute(db);
}
