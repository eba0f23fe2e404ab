import { type Kysely, sql } from 'kysely';

/** Names this database, wherever its server moves to: the folder of kept films is marked with it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table database_identity (
      only_row boolean primary key default true check (only_row),
      id uuid not null default gen_random_uuid()
    )`.execute(db);
  await sql`insert into database_identity default values`.execute(db);
}
