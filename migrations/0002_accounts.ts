import { type Kysely, sql } from 'kysely';

/** Who has access: users with passwords, and every token ever issued (to a user, or to a machine without one). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      name text primary key,
      role text not null check (role in ('submitter', 'radiologist', 'operator')),
      password_hash text not null check (password_hash like '$argon2id$%'),
      created_at timestamptz(3) not null default now(),
      disabled_at timestamptz(3)
    )`.execute(db);
  await sql`
    create table tokens (
      jti uuid primary key,
      subject text not null,
      role text not null check (role in ('submitter', 'radiologist', 'operator')),
      label text,
      user_name text references users (name),
      issued_at timestamptz(3) not null,
      expires_at timestamptz(3) not null check (expires_at > issued_at),
      revoked_at timestamptz(3),
      constraint user_token_names_its_user check (user_name is null or user_name = subject)
    )`.execute(db);
  await sql`create index tokens_by_subject on tokens (subject)`.execute(db);
}
