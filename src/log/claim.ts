import { type Kysely, sql } from 'kysely';
import { firstIdAt, type Tables } from '../database/index.js';
import type { ClaimRequest, IdempotencyClaim } from './entry.js';
import { find } from './find.js';

/**
 * Claims an idempotency key in one statement, so that only one of several replicas gets it. Times are the database's:
 * replicas' clocks needn't agree. A claim without an answer is free after its expiry.
 *
 * @example
 * const request = { submitter: 'ris', key: 'film-1', bodySha256, expiresInMs: 5000 };
 * const mine = await log.claim(request);
 * const repeated = await log.claim(request); // the same request, sent again before the first was answered
 * // mine.outcome === 'claimed', repeated.outcome === 'running'
 * await log.release(request); // nothing was logged: the key is free again
 */
export async function claim(db: Kysely<Tables>, request: ClaimRequest): Promise<IdempotencyClaim> {
  for (;;) {
    if (await take(db, request)) return { outcome: 'claimed' };
    const held = await db
      .selectFrom('idempotency_keys')
      .select(['body_sha256', 'detection_id', remainingMs.as('freeInMs')])
      .where('submitter', '=', request.submitter)
      .where('key', '=', request.key)
      .executeTakeFirst();
    // It was released between the two statements.
    if (held === undefined) continue;
    if (held.body_sha256 !== request.bodySha256) return { outcome: 'mismatch' };
    if (held.detection_id === null) {
      // It expired between the two statements.
      if (held.freeInMs <= 0) continue;
      return { outcome: 'running', freeInMs: held.freeInMs };
    }
    const detection = await find(db, held.detection_id);
    if (detection === undefined)
      throw new Error(`the row ${held.detection_id} of an answered idempotency key is not in the log`);
    return { outcome: 'answered', detection };
  }
}

/** Extends a claim, counted from now. Does nothing if it was answered, released or lost. */
export async function renew(
  db: Kysely<Tables>,
  { submitter, key, bodySha256, expiresInMs }: ClaimRequest,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ expires_at: inMs(expiresInMs) })
    .where('submitter', '=', submitter)
    .where('key', '=', key)
    .where('body_sha256', '=', bodySha256)
    .where('detection_id', 'is', null)
    .execute();
}

/** Releases a claim that led to no row. */
export async function release(
  db: Kysely<Tables>,
  { submitter, key }: Pick<ClaimRequest, 'submitter' | 'key'>,
): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('submitter', '=', submitter)
    .where('key', '=', key)
    .where('detection_id', 'is', null)
    .execute();
}

async function take(db: Kysely<Tables>, { submitter, key, bodySha256, expiresInMs }: ClaimRequest): Promise<boolean> {
  const taken = await db
    .insertInto('idempotency_keys')
    .values({ submitter, key, body_sha256: bodySha256, expires_at: inMs(expiresInMs), detection_id: null })
    .onConflict((oc) =>
      oc
        .columns(['submitter', 'key'])
        .doUpdateSet((eb) => ({
          body_sha256: eb.ref('excluded.body_sha256'),
          expires_at: eb.ref('excluded.expires_at'),
        }))
        .where('idempotency_keys.detection_id', 'is', null)
        .where('idempotency_keys.expires_at', '<=', sql<Date>`now()`),
    )
    .executeTakeFirst();
  return taken.numInsertedOrUpdatedRows === 1n;
}

const remainingMs = sql<number>`(extract(epoch from expires_at - now()) * 1000)::double precision`;

function inMs(durationMs: number) {
  return sql<Date>`now() + ${durationMs / 1000}::double precision * interval '1 second'`;
}

/** How long a key is answered with its first report; documented in docs/operations.md. */
const keptDays = 30;

/**
 * Drops answered keys of films from more than 30 days ago: a sender that retries later than that gets a new
 * row. Returns how many were dropped.
 */
export async function dropOldKeys(db: Kysely<Tables>, now = new Date()): Promise<number> {
  const oldest = firstIdAt(new Date(now.getTime() - keptDays * 24 * 60 * 60_000));
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('detection_id', '<', oldest)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
