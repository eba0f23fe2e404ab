import { type Kysely, sql } from 'kysely';

/**
 * The series of a DICOM film, among its other references: what is written back into the study names it. References
 * without it keep their digests (src/log/seal.ts leaves out nulls).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table film_references add column series_instance_uid text`.execute(db);
}
