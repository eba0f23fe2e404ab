import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { type Actor, audit, type Tables } from '../database/index.js';
import { AccountError, type LoggedIn, type NewUser, type User, type UserChanges } from './account.js';
import { assertName, assertUnmistakable, holdName } from './names.js';
import { hashPassword, proofOf } from './password.js';

/** Accounts by name, after one of them. */
export async function listUsers(
  db: Kysely<Tables>,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<readonly User[]> {
  const all = db.selectFrom('users').select(userColumns);
  const rest = after === undefined ? all : all.where('name', '>', after);
  return (await rest.orderBy('name').limit(limit).execute()).map(userOf);
}

export async function findUser(db: Kysely<Tables>, name: string): Promise<User | undefined> {
  const row = await db.selectFrom('users').select(userColumns).where('name', '=', name).executeTakeFirst();
  return row && userOf(row);
}

/** @throws AccountError `user-exists`, `name-in-use`, `bad-name`, `bad-password` */
export async function addUser(db: Kysely<Tables>, { name, role, password }: NewUser, by?: Actor): Promise<void> {
  assertName(name);
  const passwordHash = await hashPassword(password, name);
  if (!(await insertUser(db, { name, role, password_hash: passwordHash, disabled_at: null }, by))) {
    throw new AccountError('user-exists', `there is already a user ${name}`);
  }
}

/**
 * Creates a submitter's account that waits for an operator, who may let it in with another role. False if the name is
 * taken; the password is hashed first, so that timing doesn't tell which names are.
 */
export async function signUp(db: Kysely<Tables>, { name, password }: Omit<NewUser, 'role'>): Promise<boolean> {
  assertName(name);
  const passwordHash = await hashPassword(password, name);
  const now = new Date();
  try {
    return await insertUser(db, {
      name,
      // The least privilege; the operator who approves chooses the role.
      role: 'submitter',
      password_hash: passwordHash,
      disabled_at: now,
      awaiting_since: now,
    });
  } catch (error) {
    if (error instanceof AccountError && error.code === 'name-in-use') return false;
    throw error;
  }
}

/**
 * All changes or none.
 *
 * @throws AccountError `last-operator` if nobody would be left to manage the service, `unknown-user`, `bad-password`
 */
export async function updateUser(db: Kysely<Tables>, name: string, changes: UserChanges, by?: Actor): Promise<User> {
  const { role, disabled, approved, password } = changes;
  const passwordHash = password === undefined ? undefined : await hashPassword(password, name);
  return db.transaction().execute(async (trx) => {
    // Operators are locked in one order: if two remove each other at once, the second is refused.
    const operators = await trx
      .selectFrom('users')
      .select('name')
      .where('role', '=', 'operator')
      .where('disabled_at', 'is', null)
      .orderBy('name')
      .forUpdate()
      .execute();
    const user = await trx
      .selectFrom('users')
      .select(userColumns)
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst();
    if (user === undefined) throw unknownUser(name);
    const leaves = disabled === true || (role !== undefined && role !== 'operator');
    if (leaves && operators.length === 1 && operators[0]?.name === name) {
      throw new AccountError('last-operator', `${name} is the only operator left: make another one first`);
    }
    if (disabled === true || passwordHash !== undefined || (role !== undefined && role !== user.role))
      await endAccess(trx, name);
    const changed = await trx
      .updateTable('users')
      .set({
        ...(role !== undefined && { role }),
        ...(passwordHash !== undefined && { password_hash: passwordHash }),
        ...(approved === true && user.awaiting_since !== null && { awaiting_since: null, disabled_at: null }),
        ...(disabled === true && { awaiting_since: null, disabled_at: user.disabled_at ?? new Date() }),
        // Only `approved` lets in an account that waits for approval.
        ...(disabled === false && user.awaiting_since === null && { disabled_at: null }),
        name,
      })
      .where('name', '=', name)
      .returning(userColumns)
      .executeTakeFirstOrThrow();
    if (by !== undefined) await audit(trx, { ...by, code: 'user-changed', detail: `${name}: ${wordsOf(changes)}` });
    return userOf(changed);
  });
}

/** Also ends the user's tokens and sessions: anyone who knew the old password may hold one. */
export async function setPassword(db: Kysely<Tables>, name: string, password: string, by?: Actor): Promise<void> {
  const passwordHash = await hashPassword(password, name);
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set({ password_hash: passwordHash })
      .where('name', '=', name)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw unknownUser(name);
    await endAccess(trx, name);
    if (by !== undefined)
      await audit(trx, {
        ...by,
        ...(by.actor === name ? { code: 'password-changed' } : { code: 'password-set', detail: name }),
      });
  });
}

export async function disableUser(db: Kysely<Tables>, name: string, by?: Actor): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set((eb) => ({ disabled_at: eb.fn.coalesce('disabled_at', eb.val(new Date())), awaiting_since: null }))
      .where('name', '=', name)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw unknownUser(name);
    await endAccess(trx, name);
    if (by !== undefined) await audit(trx, { ...by, code: 'user-disabled', detail: name });
  });
}

/**
 * Locks the row of a user who logged in, so that nobody changes it before this transaction ends. Checking a password
 * takes a while; an operator may have revoked access meanwhile.
 *
 * @throws AccountError `log-in-outdated`
 */
export async function holdLogIn(
  trx: Transaction<Tables>,
  { name, proof }: Pick<LoggedIn, 'name' | 'proof'>,
): Promise<void> {
  const user = await trx
    .selectFrom('users')
    .select(['password_hash', 'disabled_at'])
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  if (user === undefined || user.disabled_at !== null || proofOf(user.password_hash) !== proof) {
    throw new AccountError('log-in-outdated', 'the account was changed while you logged in: log in again');
  }
}

/** False if a user has that name. */
async function insertUser(
  db: Kysely<Tables>,
  values: Pick<Selectable<Tables['users']>, 'name' | 'role' | 'password_hash' | 'disabled_at'> & {
    readonly awaiting_since?: Date;
  },
  by?: Actor,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await holdName(trx, values.name);
    await assertNoMachine(trx, values.name);
    await assertUnmistakable(trx, values.name);
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('users')
      .values(values)
      .onConflict((oc) => oc.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) return false;
    if (by !== undefined) await audit(trx, { ...by, code: 'user-added', detail: `${values.name}, ${values.role}` });
    return true;
  });
}

/** A user with a machine's name would see the machine's rows as its own. */
async function assertNoMachine(db: Kysely<Tables>, name: string): Promise<void> {
  const machine = await db
    .selectFrom('tokens')
    .select('jti')
    .where('subject', '=', name)
    .where('user_name', 'is', null)
    .executeTakeFirst();
  if (machine !== undefined)
    throw new AccountError('name-in-use', `${name} is the name of a machine that has, or had, a token`);
}

async function endAccess(trx: Transaction<Tables>, name: string): Promise<void> {
  const revoked = { revoked_at: sql<Date>`now()` };
  await trx.updateTable('tokens').set(revoked).where('user_name', '=', name).where('revoked_at', 'is', null).execute();
  await trx
    .updateTable('sessions')
    .set(revoked)
    .where('user_name', '=', name)
    .where('revoked_at', 'is', null)
    .execute();
}

const userColumns = ['name', 'role', 'disabled_at', 'awaiting_since', 'created_at', 'last_seen_at'] as const;

function userOf(row: Pick<Selectable<Tables['users']>, (typeof userColumns)[number]>): User {
  return {
    name: row.name,
    role: row.role,
    disabled: row.disabled_at !== null && row.awaiting_since === null,
    awaitingApproval: row.awaiting_since !== null,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

/** What was changed, for the audit; never the password. */
function wordsOf({ password, ...changes }: UserChanges): string {
  const words = Object.entries(changes).map(([what, value]) => `${what} ${String(value)}`);
  return [...words, ...(password === undefined ? [] : ['password'])].join(', ');
}

function unknownUser(name: string): AccountError {
  return new AccountError('unknown-user', `there is no user ${name}`);
}
