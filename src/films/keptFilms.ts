import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Tables } from '../database/index.js';
import type { WrittenFilm } from './writer/messages.js';

export type KeptFilmRow = Selectable<Tables['kept_films']>;

/** Records of films by the id of their detection. Without a record, keeping the film was never tried. */
export async function recordsOf(
  db: Kysely<Tables>,
  detectionIds: readonly string[],
): Promise<ReadonlyMap<string, KeptFilmRow>> {
  if (detectionIds.length === 0) return new Map();
  const rows = await db.selectFrom('kept_films').selectAll().where('detection_id', 'in', detectionIds).execute();
  return new Map(rows.map((row) => [row.detection_id, row]));
}

export async function recordKept(
  trx: Transaction<Tables>,
  detectionId: string,
  film: WrittenFilm,
  expiresAt: Date,
): Promise<void> {
  await trx
    .insertInto('kept_films')
    .values({
      detection_id: detectionId,
      failure: null,
      pixels_sha256: film.pixelsSha256,
      width: film.width,
      height: film.height,
      bits: film.bits,
      channels: film.channels,
      window_low: film.window[0],
      window_high: film.window[1],
      size_bytes: film.sizeBytes,
      expires_at: expiresAt,
      deleted_at: null,
    })
    .execute();
}

export async function recordFailure(db: Kysely<Tables>, detectionId: string, failure: string): Promise<void> {
  const none = {
    pixels_sha256: null,
    width: null,
    height: null,
    bits: null,
    channels: null,
    window_low: null,
    window_high: null,
    size_bytes: null,
    expires_at: null,
    deleted_at: null,
  };
  await db
    .insertInto('kept_films')
    .values({ detection_id: detectionId, failure, ...none })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The id of this database, for the folder of its films. */
export async function databaseIdOf(db: Kysely<Tables>): Promise<string> {
  return (await db.selectFrom('database_identity').select('id').executeTakeFirstOrThrow()).id;
}

/** Whether a row here has, or had, one of the films. */
export async function knowsOneOf(db: Kysely<Tables>, addresses: readonly string[]): Promise<boolean> {
  return (
    (await db
      .selectFrom('kept_films')
      .select('detection_id')
      .where('pixels_sha256', 'in', addresses)
      .limit(1)
      .executeTakeFirst()) !== undefined
  );
}

/** The addresses that a row still needs. */
export async function neededOf(
  db: Kysely<Tables>,
  addresses: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('kept_films')
    .select('pixels_sha256')
    .distinct()
    .where('pixels_sha256', 'in', addresses)
    .where('expires_at', '>', now)
    .where('deleted_at', 'is', null)
    .execute();
  return new Set(rows.flatMap(({ pixels_sha256 }) => pixels_sha256 ?? []));
}

/** Marks a film as deleted in every row that has it. Returns how many had it. */
export async function markDeleted(trx: Transaction<Tables>, pixelsSha256: string, now: Date): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('kept_films')
    .set({ deleted_at: now })
    .where('pixels_sha256', '=', pixelsSha256)
    .where('expires_at', '>', now)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Films deleted since then, at any replica. */
export async function deletedSince(db: Kysely<Tables>, since: Date): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('kept_films')
    .select('pixels_sha256')
    .distinct()
    .where('deleted_at', '>', since)
    .execute();
  return rows.flatMap(({ pixels_sha256 }) => pixels_sha256 ?? []);
}

/**
 * Runs a transaction with exclusive use of one film across all replicas, so that keeping it for one row and removing it
 * for another can't interleave.
 */
export function withFilm<Result>(
  db: Kysely<Tables>,
  pixelsSha256: string,
  work: (trx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`film ${pixelsSha256}`}, 0))`.execute(trx);
    return work(trx);
  });
}
