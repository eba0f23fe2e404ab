import { type Kysely, sql } from 'kysely';

/**
 * Sessions of people on the page, by the hash of their secret; accounts that were signed up for and wait for an
 * operator; and what operators set while the service runs.
 *
 * A waiting account is disabled as well (`disabled_at`): the version before this step doesn't know about waiting and
 * must not let it in.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sessions (
      secret_sha256 text primary key check (secret_sha256 ~ '^[0-9a-f]{64}$'),
      user_name text not null references users (name),
      created_at timestamptz(3) not null,
      last_used_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      ends_at timestamptz(3) not null check (expires_at <= ends_at),
      revoked_at timestamptz(3)
    )`.execute(db);
  await sql`create index sessions_by_user on sessions (user_name)`.execute(db);
  await sql`create index sessions_by_end on sessions (ends_at)`.execute(db);

  await sql`
    alter table users
      add column awaiting_since timestamptz(3),
      add column last_seen_at timestamptz(3),
      add constraint who_waits_is_disabled check (awaiting_since is null or disabled_at is not null)`.execute(db);
  await sql`alter table tokens add column last_used_at timestamptz(3)`.execute(db);

  await sql`
    create table site_settings (
      only_row boolean primary key default true check (only_row),
      sign_up boolean not null default false
    )`.execute(db);
  await sql`insert into site_settings default values`.execute(db);
}
