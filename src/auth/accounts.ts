import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import {
  AccountError,
  type IssuedToken,
  type ListedToken,
  type LoggedIn,
  type NewToken,
  type ShutAccount,
  type TokenClaims,
  type TokenPrincipal,
} from './account.js';
import { type Actor, audit, bindDatabase, type Database, type Tables } from '../database/index.js';
import { issuer, maxTokenLifetimeS } from './keys.js';
import { countAttempts } from './attempts.js';
import { assertName, assertUnmistakable, holdName, isName } from './names.js';
import { isPassword, proofOf } from './password.js';
import { addUser, disableUser, findUser, holdLogIn, listUsers, setPassword, signUp, updateUser } from './users.js';

/** Signs tokens: Keys, or something that loads them on demand. */
export interface Signer {
  sign(claims: TokenClaims): string | Promise<string>;
}

/** How often the last use is recorded: not every request is worth a write. */
const usesNotedEveryMs = 5 * 60_000;

/**
 * Users and tokens. Every method throws DatabaseUnavailable if the database is away. An act `by` somebody is recorded
 * in the same transaction; what the service does by itself has no `by`.
 */
export function createAccounts({ kysely }: Pick<Database, 'kysely'>, keys: Signer) {
  return bindDatabase(kysely, {
    addUser,
    countAttempts,
    disableUser,
    findUser,
    issueToken: (db: Kysely<Tables>, token: NewToken, by?: Actor) => issueToken(db, keys, token, by),
    listTokens,
    listUsers,
    logIn,
    principalOf,
    revokeToken,
    setPassword,
    signUp,
    tokenOwner,
    updateUser,
  });
}

export type Accounts = ReturnType<typeof createAccounts>;

/**
 * undefined: no such user, wrong password, disabled, or awaiting approval; all take the same time. Only someone who
 * gave the right password is told (by `shut`, called before the answer) why the account is shut.
 */
async function logIn(
  db: Kysely<Tables>,
  name: string,
  password: string,
  shut?: (why: ShutAccount) => void,
): Promise<LoggedIn | undefined> {
  const composed = name.normalize('NFC');
  // An impossible name is looked up all the same, so that it takes as long.
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('name', '=', isName(composed) ? composed : '')
    .executeTakeFirst();
  const right = await isPassword(password, user?.password_hash);
  if (!right || user === undefined) return undefined;
  if (user.disabled_at !== null) {
    shut?.(user.awaiting_since === null ? 'account-disabled' : 'awaiting-approval');
    return undefined;
  }
  return { name: user.name, role: user.role, proof: proofOf(user.password_hash) };
}

/** @throws AccountError `log-in-outdated`, `bad-name`, `bad-lifetime`, `wrong-role`, `disabled-user`, `name-in-use` */
async function issueToken(
  db: Kysely<Tables>,
  keys: Signer,
  { subject, role, lifetimeS, label, proof }: NewToken,
  by?: Actor,
): Promise<IssuedToken> {
  assertName(subject);
  if (!Number.isInteger(lifetimeS) || lifetimeS < 1 || lifetimeS > maxTokenLifetimeS) {
    throw new AccountError('bad-lifetime', `the lifetime of a token must be 1 to ${maxTokenLifetimeS} whole seconds`);
  }
  const jti = randomUUID();
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + lifetimeS;
  const expiresAt = new Date(exp * 1000);
  const token = await keys.sign({ iss: issuer, sub: subject, role, jti, iat, exp });
  await db.transaction().execute(async (trx) => {
    await forgetExpired(trx);
    await holdName(trx, subject);
    if (proof !== undefined) await holdLogIn(trx, { name: subject, proof });
    const user = await trx
      .selectFrom('users')
      .select(['name', 'role', 'disabled_at'])
      .where('name', '=', subject)
      .forShare()
      .executeTakeFirst();
    if (user === undefined) await assertUnmistakable(trx, subject);
    if (user !== undefined && user.role !== role)
      throw new AccountError('wrong-role', `${subject} is a user with the role ${user.role}`);
    if (user !== undefined && user.disabled_at !== null)
      throw new AccountError('disabled-user', `the user ${subject} is disabled`);
    await trx
      .insertInto('tokens')
      .values({
        jti,
        subject,
        role,
        label: label ?? null,
        user_name: user?.name ?? null,
        issued_at: new Date(iat * 1000),
        expires_at: expiresAt,
        revoked_at: null,
      })
      .execute();
    if (by !== undefined)
      await audit(trx, {
        ...by,
        code: 'token-issued',
        detail: subject === by.actor ? jti : `${jti}, ${subject}, ${role}`,
      });
  });
  return { token, jti, expiresAt };
}

const keptAfterExpiryMs = 30 * 24 * 60 * 60_000;

/**
 * Deletes tokens that expired long ago. A machine's last one stays: while it exists, no account can take the machine's
 * name and see its rows.
 */
async function forgetExpired(trx: Transaction<Tables>): Promise<void> {
  await trx
    .deleteFrom('tokens')
    .where((eb) =>
      eb.or([
        eb('user_name', 'is not', null),
        eb.exists(
          eb
            .selectFrom('tokens as newer')
            .select('newer.jti')
            .whereRef('newer.subject', '=', 'tokens.subject')
            .whereRef('newer.expires_at', '>', 'tokens.expires_at')
            .where('newer.user_name', 'is', null),
        ),
      ]),
    )
    .where('expires_at', '<', new Date(Date.now() - keptAfterExpiryMs))
    .execute();
}

/** Newest first, after one of them; one owner's, or everyone's. */
async function listTokens(
  db: Kysely<Tables>,
  {
    owner,
    limit,
    after,
  }: { readonly owner?: string; readonly limit: number; readonly after?: Pick<ListedToken, 'createdAt' | 'jti'> },
): Promise<readonly ListedToken[]> {
  const all = db.selectFrom('tokens').selectAll();
  const theirs = owner === undefined ? all : all.where('subject', '=', owner);
  const rest =
    after === undefined
      ? theirs
      : theirs.where((eb) =>
          eb.or([
            eb('issued_at', '<', after.createdAt),
            eb.and([eb('issued_at', '=', after.createdAt), eb('jti', '>', after.jti)]),
          ]),
        );
  const rows = await rest.orderBy('issued_at', 'desc').orderBy('jti').limit(limit).execute();
  return rows.map((row) => ({
    jti: row.jti,
    user: row.subject,
    role: row.role,
    label: row.label,
    createdAt: row.issued_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));
}

/**
 * The principal of verified claims; undefined if the token was revoked, expired or never issued here, or its user is
 * disabled. One query: the role is the row's, and the claims must agree with it.
 */
async function principalOf(db: Kysely<Tables>, { jti, sub, role }: TokenClaims): Promise<TokenPrincipal | undefined> {
  if (!isJti(jti)) return undefined;
  const token = await db
    .selectFrom('tokens')
    .leftJoin('users', 'users.name', 'tokens.user_name')
    .select([
      'tokens.subject',
      'tokens.role',
      'tokens.expires_at',
      'tokens.last_used_at',
      'tokens.user_name',
      'users.role as user_role',
      'users.disabled_at',
    ])
    .where('jti', '=', jti)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  const now = Date.now();
  if (token === undefined || token.expires_at.getTime() <= now) return undefined;
  if (token.user_name !== null && (token.disabled_at !== null || token.user_role !== token.role)) return undefined;
  if (token.subject !== sub || token.role !== role) return undefined;
  if (now - (token.last_used_at?.getTime() ?? 0) > usesNotedEveryMs)
    await noteUse(db, jti, token.user_name, new Date(now));
  return { name: token.subject, role: token.role, jti };
}

async function noteUse(db: Kysely<Tables>, jti: string, userName: string | null, at: Date): Promise<void> {
  await db.updateTable('tokens').set({ last_used_at: at }).where('jti', '=', jti).execute();
  if (userName !== null) await db.updateTable('users').set({ last_seen_at: at }).where('name', '=', userName).execute();
}

/** For deciding who may revoke it. */
async function tokenOwner(db: Kysely<Tables>, jti: string): Promise<string | undefined> {
  if (!isJti(jti)) return undefined;
  const token = await db.selectFrom('tokens').select('subject').where('jti', '=', jti).executeTakeFirst();
  return token?.subject;
}

/** False if there is no such token; revoking twice is harmless. */
async function revokeToken(db: Kysely<Tables>, jti: string, by?: Actor): Promise<boolean> {
  if (!isJti(jti)) return false;
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('tokens')
      .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(new Date())) }))
      .where('jti', '=', jti)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return false;
    if (by !== undefined) await audit(trx, { ...by, code: 'token-revoked', detail: jti });
    return true;
  });
}

function isJti(jti: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(jti);
}
