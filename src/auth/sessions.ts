import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database, Tables } from '../database/index.js';
import type { LoggedIn, Principal } from './account.js';
import { holdLogIn } from './users.js';

/** A person signed in at the page. */
export interface Session {
  readonly user: Principal;
  /** Must come with every request of this session that changes something. */
  readonly csrfToken: string;
  /** Without use; moves on with use, up to twelve hours after the sign-in. */
  readonly expiresAt: Date;
}

/**
 * Sessions, known by a secret that only the browser has. Every method throws DatabaseUnavailable when the
 * database is away.
 */
export interface Sessions {
  /**
   * Always with a new secret: one that was there before the sign-in is never taken over. Throws AccountError
   * `log-in-outdated`.
   */
  open(user: LoggedIn): Promise<Session & { readonly secret: string }>;
  /**
   * The session of a secret; undefined where it never was one, has ended, was revoked, or its user may not
   * sign in any more. The role is the user's of this moment. `use` moves the expiry on.
   */
  find(secret: string, how: { readonly use: boolean }): Promise<Session | undefined>;
  /** Dead at once, on every replica. */
  revoke(secret: string): Promise<void>;
}

/** No session lives longer than a long shift, however busy it is. */
const longestSessionMs = 12 * 60 * 60_000;

const keptAfterEndMs = 7 * 24 * 60 * 60_000;

/** @param idleMinutes after which a session ends that is not used */
export function createSessions(
  { kysely: db }: Pick<Database, 'kysely'>,
  { idleMinutes }: { readonly idleMinutes: number },
): Sessions {
  const idleMs = idleMinutes * 60_000;
  return {
    open: (user) => open(db, idleMs, user),
    find: (secret, { use }) => find(db, idleMs, secret, use),
    async revoke(secret) {
      await db
        .updateTable('sessions')
        .set({ revoked_at: new Date() })
        .where('secret_sha256', '=', hashOf(secret))
        .where('revoked_at', 'is', null)
        .execute();
    },
  };
}

/** In constant time for whatever was sent. */
export function isCsrfToken(sent: unknown, { csrfToken }: Pick<Session, 'csrfToken'>): boolean {
  if (typeof sent !== 'string') return false;
  return timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', csrfToken, 'buffer'));
}

async function open(db: Kysely<Tables>, idleMs: number, user: LoggedIn): ReturnType<Sessions['open']> {
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
  // Not every request is worth a write: a tenth of a minute, or of a short session, makes no difference.
  const moves = use && later.getTime() - row.expires_at.getTime() > Math.min(6000, idleMs / 10);
  if (moves) await moveOn(db, secret, row.name, { now: new Date(now), later });
  return {
    user: { name: row.name, role: row.role },
    csrfToken: csrfTokenOf(secret),
    expiresAt: moves ? later : row.expires_at,
  };
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

/** Made from the secret, so that it needs no place of its own; the secret can't be had back from it. */
function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url');
}
