import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database, Tables } from '../log/index.js';
import { AccountError, type Accounts, type IssuedToken, type Principal, type TokenClaims } from './account.js';
import { issuer, maxTokenLifetimeS } from './keys.js';
import { hashPassword, isPassword } from './password.js';

/** What signs tokens: Keys, or something that gets them when they are needed. */
export interface Signer {
  sign(claims: TokenClaims): string | Promise<string>;
}

/** Users and tokens in the database of the log. */
export function createAccounts({ kysely: db }: Pick<Database, 'kysely'>, keys: Signer): Accounts {
  return {
    logIn: (name, password) => logIn(db, name, password),
    addUser: (user) => addUser(db, user),
    setPassword: (name, password) => setPassword(db, name, password),
    disableUser: (name) => disableUser(db, name),
    issueToken: (token) => issueToken(db, keys, token),
    principalOf: (claims) => principalOf(db, claims),
    tokenOwner: (jti) => tokenOwner(db, jti),
    revokeToken: (jti) => revokeToken(db, jti),
  };
}

async function logIn(db: Kysely<Tables>, name: string, password: string): ReturnType<Accounts['logIn']> {
  // A name that no account can have is looked for all the same: it takes as long.
  const user = await db.selectFrom('users').selectAll().where('name', '=', isName(name) ? name : '').executeTakeFirst();
  const right = await isPassword(password, user?.password_hash);
  return right && user !== undefined && user.disabled_at === null ? { name: user.name, role: user.role } : undefined;
}

async function addUser(db: Kysely<Tables>, { name, role, password }: Parameters<Accounts['addUser']>[0]): Promise<void> {
  assertName(name);
  const passwordHash = await hashPassword(password);
  await db.transaction().execute(async (trx) => {
    await assertNoMachine(trx, name);
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('users')
      .values({ name, role, password_hash: passwordHash, disabled_at: null })
      .onConflict((oc) => oc.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) throw new AccountError('user-exists', `there is a user ${name} already`);
  });
}

/** Ends all tokens of the user, too: whoever knew the old password may hold one. */
async function setPassword(db: Kysely<Tables>, name: string, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx.updateTable('users').set({ password_hash: passwordHash }).where('name', '=', name).executeTakeFirst();
    if (numUpdatedRows !== 1n) throw unknownUser(name);
    await trx.updateTable('tokens').set({ revoked_at: new Date() }).where('user_name', '=', name).where('revoked_at', 'is', null).execute();
  });
}

async function disableUser(db: Kysely<Tables>, name: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set((eb) => ({ disabled_at: eb.fn.coalesce('disabled_at', eb.val(new Date())) }))
    .where('name', '=', name)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw unknownUser(name);
}

async function issueToken(db: Kysely<Tables>, keys: Signer, { subject, role, lifetimeS, label }: Parameters<Accounts['issueToken']>[0]): Promise<IssuedToken> {
  assertName(subject);
  if (!Number.isInteger(lifetimeS) || lifetimeS < 1 || lifetimeS > maxTokenLifetimeS) {
    throw new AccountError('bad-lifetime', `a token lives 1 to ${maxTokenLifetimeS} seconds, in whole seconds`);
  }
  const user = await db.selectFrom('users').select(['name', 'role', 'disabled_at']).where('name', '=', subject).executeTakeFirst();
  if (user !== undefined && user.role !== role) throw new AccountError('wrong-role', `${subject} is a user with the role ${user.role}`);
  if (user !== undefined && user.disabled_at !== null) throw new AccountError('disabled-user', `the user ${subject} is disabled`);

  const jti = randomUUID();
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + lifetimeS;
  const expiresAt = new Date(exp * 1000);
  const token = await keys.sign({ iss: issuer, sub: subject, role, jti, iat, exp });
  await db
    .insertInto('tokens')
    .values({ jti, subject, role, label: label ?? null, user_name: user?.name ?? null, issued_at: new Date(iat * 1000), expires_at: expiresAt, revoked_at: null })
    .execute();
  return { token, jti, expiresAt };
}

/** One query: the role is the row’s, and the claims must agree with it. */
async function principalOf(db: Kysely<Tables>, { jti, sub, role }: TokenClaims): Promise<Principal | undefined> {
  if (!isJti(jti)) return undefined;
  const token = await db
    .selectFrom('tokens')
    .leftJoin('users', 'users.name', 'tokens.user_name')
    .select(['tokens.subject', 'tokens.role', 'tokens.expires_at', 'tokens.user_name', 'users.role as user_role', 'users.disabled_at'])
    .where('jti', '=', jti)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (token === undefined || token.expires_at.getTime() <= Date.now()) return undefined;
  if (token.user_name !== null && (token.disabled_at !== null || token.user_role !== token.role)) return undefined;
  return token.subject === sub && token.role === role ? { name: token.subject, role: token.role, jti } : undefined;
}

async function tokenOwner(db: Kysely<Tables>, jti: string): Promise<string | undefined> {
  if (!isJti(jti)) return undefined;
  const token = await db.selectFrom('tokens').select('subject').where('jti', '=', jti).executeTakeFirst();
  return token?.subject;
}

/** False where there is no such token; revoking twice is as good as once. */
async function revokeToken(db: Kysely<Tables>, jti: string): Promise<boolean> {
  if (!isJti(jti)) return false;
  const { numUpdatedRows } = await db
    .updateTable('tokens')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(new Date())) }))
    .where('jti', '=', jti)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** A user of the name of a machine would see the machine’s rows as its own. */
async function assertNoMachine(db: Kysely<Tables>, name: string): Promise<void> {
  const machine = await db.selectFrom('tokens').select('jti').where('subject', '=', name).where('user_name', 'is', null).executeTakeFirst();
  if (machine !== undefined) throw new AccountError('name-in-use', `${name} is the name of a machine that has, or had, a token`);
}

function assertName(name: string): void {
  if (!isName(name)) throw new AccountError('bad-name', 'a name has 1 to 64 characters: letters, digits, and . _ @ - after the first');
}

function isName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u.test(name);
}

function isJti(jti: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(jti);
}

function unknownUser(name: string): AccountError {
  return new AccountError('unknown-user', `there is no user ${name}`);
}

