import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import { bindDatabase, type Database, type Tables } from '../database/index.js';
import type { LoggedIn, Principal } from './account.js';
import { holdLogIn } from './users.js';

/** Someone logged in on the page. */
export interface Session {
  readonly user: Principal;
  /** Required with every request of this session that changes something. */
  readonly csrfToken: string;
  /** Postponed by use, up to twelve hours after login. */
  readonly expiresAt: Date;
}

/** No session outlasts a long shift, however busy it is. */
const longestSessionMs = 12 * 60 * 60_000;

const keptAfterEndMs = 7 * 24 * 60 * 60_000;

/**
 * Sessions, known by a secret that only the browser has. Every method throws DatabaseUnavailable if the database is
 * away.
 *
 * @param idleMinutes after which an unused session ends
 */
export function createSessions(
  { kysely }: Pick<Database, 'kysely'>,
  { idleMinutes }: { readonly idleMinutes: number },
) {
  const idleMs = idleMinutes * 60_000;
  return bindDatabase(kysely, {
    open: (db: Kysely<Tables>, user: LoggedIn) => open(db, idleMs, user),
    find: (db: Kysely<Tables>, secret: string, { use }: { readonly use: boolean }) => find(db, idleMs, secret, use),
    revoke,
  });
}

export type Sessions = ReturnType<typeof createSessions>;

/** Compares in constant time. */
export function isCsrfToken(sent: unknown, { csrfToken }: Pick<Session, 'csrfToken'>): boolean {
  if (typeof sent !== 'string') return false;
  return timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', csrfToken, 'buffer'));
}

/**
 * Always with a new secret: one from before the login is never taken over.
 *
 * @throws AccountError `log-in-outdated`
 */
async function open(
  db: Kysely<Tables>,
  idleMs: number,
  user: LoggedIn,
): Promise<Session & { readonly secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  const now = Date.now();
  const endsAt = now + longestSessionMs;
  const expiresAt = new Date(Math.min(now + idleMs, endsAt));
  const at = new Date(now);
  await db
    .deleteFrom('sessions')
    .where('ends_at', '<', new Date(now - keptAfterEndMs))
    .execute();
  await db.transaction().execute(async (trx) => {
    await holdLogIn(trx, user);
    await trx
      .insertInto('sessions')
      .values({
        secret_sha256: hashOf(secret),
        user_name: user.name,
        created_at: at,
        last_used_at: at,
        expires_at: expiresAt,
        ends_at: new Date(endsAt),
        revoked_at: null,
      })
      .execute();
    await trx.updateTable('users').set({ last_seen_at: at }).where('name', '=', user.name).execute();
  });
  return { user: { name: user.name, role: user.role }, csrfToken: csrfTokenOf(secret), expiresAt, secret };
}

/**
 * The session of a secret; undefined if it never was one, has ended, was revoked, or its user is disabled. The role is
 * the user's current one. `use` postpones the expiry.
 */
async function find(db: Kysely<Tables>, idleMs: number, secret: string, use: boolean): Promise<Session | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.name', 'sessions.user_name')
    .select(['users.name', 'users.role', 'sessions.expires_at', 'sessions.ends_at'])
    .where('secret_sha256', '=', hashOf(secret))
    .where('revoked_at', 'is', null)
    .where('users.disabled_at', 'is', null)
    .executeTakeFirst();
  const now = Date.now();
  if (row === undefined || row.expires_at.getTime() <= now) return undefined;
  const later = new Date(Math.min(now + idleMs, row.ends_at.getTime()));
  // Not every request is worth a write: six seconds, or a tenth of a short session, make no difference.
  const moves = use && later.getTime() - row.expires_at.getTime() > Math.min(6000, idleMs / 10);
  if (moves) await moveOn(db, secret, row.name, { now: new Date(now), later });
  return {
    user: { name: row.name, role: row.role },
    csrfToken: csrfTokenOf(secret),
    expiresAt: moves ? later : row.expires_at,
  };
}

/** Takes effect at once, on every replica. */
async function revoke(db: Kysely<Tables>, secret: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ revoked_at: new Date() })
    .where('secret_sha256', '=', hashOf(secret))
    .where('revoked_at', 'is', null)
    .execute();
}

async function moveOn(
  db: Kysely<Tables>,
  secret: string,
  name: string,
  { now, later }: { readonly now: Date; readonly later: Date },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at: now, expires_at: later })
    .where('secret_sha256', '=', hashOf(secret))
    .execute();
  await db.updateTable('users').set({ last_seen_at: now }).where('name', '=', name).execute();
}

function hashOf(secret: string): string {
  return hash('sha256', secret);
}

/** Derived from the secret, so it needs no column; the secret can't be recovered from it. */
function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url');
}
