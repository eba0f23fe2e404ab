import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createVerifier } from 'fast-jwt';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import {
  type Accounts,
  createAccounts,
  createSessions,
  type Keys,
  loadKeys,
  type LoggedIn,
  maxTokenLifetimeS,
  type TokenClaims,
} from '../../src/auth/index.js';
import { type Database, openDatabase } from '../../src/database/index.js';
import { onEachBackend, temporaryFolder } from '../backends.js';

const secret = 'a secret of at least thirty-two bytes';

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const keys = await loadKeys({ jwtSecret: secret });
  const accounts = createAccounts(database, keys);

  await t.test('a user logs in with the right password only', (t) => logIn(t, accounts));
  await t.test('names and passwords that would not do are refused with what is wrong', (t) => refusals(t, accounts));
  await t.test('a password that is easy to guess is refused', async (t) => {
    const bad = ['aaaaaaaaaaaa', 'abababababab', 'ABCabcABCabc', 'Eva.Example.12'];
    for (const password of bad)
      await t.rejects(
        accounts.addUser({ name: 'eva.example.12', role: 'submitter', password }),
        { code: 'bad-password' },
        password,
      );
  });
  await t.test('a password is the same however its characters were composed', async (t) => {
    const password = 'Grüße aus Köln';
    await accounts.addUser({ name: 'composed', role: 'submitter', password: password.normalize('NFC') });
    t.ok(await accounts.logIn('composed', password.normalize('NFD')));
    t.ok(await accounts.logIn('composed', password.normalize('NFC')));
    await accounts.setPassword('composed', password.normalize('NFD'));
    t.ok(await accounts.logIn('composed', password.normalize('NFC')));
    t.notOk(await accounts.logIn('composed', 'Grusse aus Koln'));
  });
  await t.test('tokens of accounts that expired long ago go, and those of machines keep the name', async (t) => {
    await accounts.addUser({ name: 'gone', role: 'submitter', password: 'correct horse battery' });
    const longAgo = { issued_at: new Date(0), expires_at: new Date(1) };
    for (const subject of ['gone', 'old-machine']) {
      const { jti } = await accounts.issueToken({ subject, role: 'submitter', lifetimeS: 60 });
      await database.kysely.updateTable('tokens').set(longAgo).where('jti', '=', jti).execute();
    }
    await accounts.issueToken({ subject: 'gone', role: 'submitter', lifetimeS: 60 });
    t.equal((await accounts.listTokens({ owner: 'gone', limit: 9 })).length, 1);
    t.equal((await accounts.listTokens({ owner: 'old-machine', limit: 9 })).length, 1);
    await t.rejects(accounts.addUser({ name: 'old-machine', role: 'submitter', password: 'correct horse battery' }), {
      code: 'name-in-use',
    });
  });
  await t.test('a token is its owner until it is revoked, expired, or its user disabled', (t) =>
    tokens(t, accounts, keys),
  );
  await t.test('claims that disagree with the token that was issued are nobody', (t) =>
    disagreement(t, accounts, keys),
  );
  await t.test('a machine and a user never share a name', (t) => names(t, accounts));
  await t.test('what is done and who did it are on record together, or neither is', (t) =>
    onRecord(t, accounts, database),
  );
  await t.test('a log-in under way when the password changes comes to nothing', (t) => outdated(t, accounts, database));
  await t.test('passwords are kept as argon2id only', async (t) => {
    const { password_hash } = await database.kysely
      .selectFrom('users')
      .select('password_hash')
      .limit(1)
      .executeTakeFirstOrThrow();
    t.match(password_hash, /^\$argon2id\$v=19\$m=19456,t=3,p=1\$/);
  });
  await t.test('an expired row is dead even where the claims are not', async (t) => {
    const { token, jti } = await accounts.issueToken({ subject: 'clock', role: 'submitter', lifetimeS: 60 });
    const claims = claimsOf(keys, token);
    t.ok(await accounts.principalOf(claims));
    await database.kysely
      .updateTable('tokens')
      .set({ issued_at: new Date(0), expires_at: new Date(1) })
      .where('jti', '=', jti)
      .execute();
    t.equal(await accounts.principalOf(claims), undefined);
  });
});

await t.test("the key is made once, for its owner's eyes only", madeKeys);
await t.test('a short or readable key is refused', badKeys);
await t.test('tokens of the secret before are good, those of strangers are not', rotation);

async function logIn(t: Test, accounts: Accounts): Promise<void> {
  await accounts.addUser({ name: 'jane', role: 'radiologist', password: 'correct horse battery' });
  t.match(await accounts.logIn('jane', 'correct horse battery'), { name: 'jane', role: 'radiologist' });
  t.equal(await accounts.logIn('jane', 'correct horse batterY'), undefined);
  t.equal(await accounts.logIn('jane', ''), undefined);
  t.equal(await accounts.logIn('nobody', 'correct horse battery'), undefined);
  t.equal(await accounts.logIn("jane' --", 'correct horse battery'), undefined);
  t.equal(await accounts.logIn('a\0b', 'correct horse battery'), undefined, 'a name with NUL is nobody, not an error');
  t.equal(await accounts.logIn('jane', 'x'.repeat(1_000_000)), undefined);
  const many = await Promise.all(
    Array.from({ length: 12 }, (_, i) => accounts.logIn('jane', i % 2 === 0 ? 'correct horse battery' : 'wrong')),
  );
  t.strictSame(
    many.map((found) => found?.name),
    many.map((_, i) => (i % 2 === 0 ? 'jane' : undefined)),
    'many at once each get their own answer',
  );

  await accounts.setPassword('jane', 'another long password');
  t.equal(await accounts.logIn('jane', 'correct horse battery'), undefined);
  t.ok(await accounts.logIn('jane', 'another long password'));
  await accounts.disableUser('jane');
  await accounts.disableUser('jane');
  t.equal(await accounts.logIn('jane', 'another long password'), undefined);
}

async function refusals(t: Test, accounts: Accounts): Promise<void> {
  const password = 'long enough for anyone';
  for (const name of ['', ' ', 'a b', '-x', 'x'.repeat(65), 'a\0b', 'a\nb', `x'; drop table users; --`]) {
    await t.rejects(
      accounts.addUser({ name, role: 'operator', password }),
      { name: 'AccountError', code: 'bad-name' },
      JSON.stringify(name),
    );
  }
  await t.rejects(accounts.addUser({ name: 'short', role: 'operator', password: 'elevenchars' }), {
    code: 'bad-password',
  });
  await t.rejects(accounts.addUser({ name: 'short', role: 'operator', password: 'x'.repeat(257) }), {
    code: 'bad-password',
  });
  await accounts.addUser({ name: 'twice', role: 'operator', password });
  await t.rejects(accounts.addUser({ name: 'twice', role: 'operator', password }), { code: 'user-exists' });
  await t.rejects(accounts.setPassword('nobody', password), { code: 'unknown-user' });
  await t.rejects(accounts.disableUser('nobody'), { code: 'unknown-user' });
  for (const lifetimeS of [0, -1, 1.5, Number.NaN, maxTokenLifetimeS + 1]) {
    await t.rejects(
      accounts.issueToken({ subject: 'ris', role: 'submitter', lifetimeS }),
      { code: 'bad-lifetime' },
      String(lifetimeS),
    );
  }
}

async function tokens(t: Test, accounts: Accounts, keys: Keys): Promise<void> {
  const machine = await accounts.issueToken({
    subject: 'ris',
    role: 'submitter',
    lifetimeS: 3600,
    label: "the ward's gateway",
  });
  const claims = claimsOf(keys, machine.token);
  t.match(claims, {
    sub: 'ris',
    role: 'submitter',
    jti: machine.jti,
    exp: machine.expiresAt.getTime() / 1000,
    iss: 'lesion-detector',
  });
  t.strictSame(await accounts.principalOf(claims), { name: 'ris', role: 'submitter', jti: machine.jti });
  t.equal(await accounts.tokenOwner(machine.jti), 'ris');
  t.equal(await accounts.revokeToken(machine.jti), true);
  t.equal(await accounts.principalOf(claims), undefined);
  t.equal(await accounts.revokeToken(machine.jti), true, 'revoking twice is as good as once');
  t.equal(await accounts.revokeToken('0198f0c2-0000-4000-8000-000000000000'), false);
  t.equal(await accounts.revokeToken('no-jti'), false);
  t.equal(await accounts.tokenOwner('no-jti'), undefined);

  await accounts.addUser({ name: 'ada', role: 'operator', password: 'the analytical engine' });
  await t.rejects(accounts.issueToken({ subject: 'ada', role: 'radiologist', lifetimeS: 60 }), { code: 'wrong-role' });
  const own = claimsOf(keys, (await accounts.issueToken({ subject: 'ada', role: 'operator', lifetimeS: 60 })).token);
  t.ok(await accounts.principalOf(own));
  await accounts.setPassword('ada', 'the difference engine');
  t.equal(await accounts.principalOf(own), undefined, 'a new password ends the tokens before it');
  const next = claimsOf(keys, (await accounts.issueToken({ subject: 'ada', role: 'operator', lifetimeS: 60 })).token);
  t.ok(await accounts.principalOf(next));
  await accounts.disableUser('ada');
  t.equal(await accounts.principalOf(next), undefined, "a disabled user's tokens are dead at once");
  await t.rejects(accounts.issueToken({ subject: 'ada', role: 'operator', lifetimeS: 60 }), { code: 'disabled-user' });
}

async function onRecord(t: Test, accounts: Accounts, { kysely }: Database): Promise<void> {
  const by = { actor: 'olga', requestId: 'r', address: '192.0.2.7' };
  const password = 'long enough for anyone';
  const user = { name: 'nora', role: 'radiologist', password } as const;
  const owned = { subject: 'nora', role: 'radiologist', lifetimeS: 60 } as const;
  await accounts.addUser(user);
  const { jti } = await accounts.issueToken(owned);
  const acts: readonly [code: string, act: () => Promise<unknown>][] = [
    ['user-added', () => accounts.addUser({ ...user, name: 'nils' }, by)],
    ['token-issued', () => accounts.issueToken(owned, by)],
    ['token-revoked', () => accounts.revokeToken(jti, by)],
    ['user-changed', () => accounts.updateUser('nora', { role: 'submitter', password }, by)],
    ['password-set', () => accounts.setPassword('nora', 'another long password', by)],
    ['password-changed', () => accounts.setPassword('nora', password, { ...by, actor: 'nora' })],
    ['user-disabled', () => accounts.disableUser('nora', by)],
  ];
  const state = async () => [
    await kysely.selectFrom('users').selectAll().orderBy('name').execute(),
    await kysely.selectFrom('tokens').selectAll().orderBy('jti').execute(),
  ];
  const before = await state();
  await sql`alter table audit_events rename to elsewhere`.execute(kysely);
  for (const [code, act] of acts) await t.rejects(act(), code);
  await sql`alter table elsewhere rename to audit_events`.execute(kysely);
  t.strictSame(await state(), before, 'nothing was done that could not be put on record');
  for (const [, act] of acts) await act();
  const events = await kysely.selectFrom('audit_events').selectAll().orderBy('id').execute();
  t.strictSame(
    events.map(({ code }) => code),
    acts.map(([code]) => code),
  );
  t.ok(events.every((event) => event.actor !== null && event.request_id === 'r' && event.address === '192.0.2.7'));
  t.notMatch(JSON.stringify(events), password);
}

async function outdated(t: Test, accounts: Accounts, database: Database): Promise<void> {
  const password = 'long enough for anyone';
  const sessions = createSessions(database, { idleMinutes: 30 });
  await accounts.addUser({ name: 'otto', role: 'radiologist', password });
  const logIn = async (word: string) => {
    const who = await accounts.logIn('otto', word);
    if (who === undefined) throw new Error('the password is right');
    return who;
  };
  const ways = (who: LoggedIn): (() => Promise<unknown>)[] => [
    () => sessions.open(who),
    () => accounts.issueToken({ subject: who.name, role: who.role, lifetimeS: 60, proof: who.proof }),
  ];
  const before = await logIn(password);
  t.notMatch(before, { proof: password });
  for (const way of ways(before)) t.ok(await way());
  await accounts.setPassword('otto', password);
  for (const way of ways(before))
    await t.rejects(way(), { name: 'AccountError', code: 'log-in-outdated' }, 'even where the new one is the old one');
  const after = await logIn(password);
  await accounts.disableUser('otto');
  for (const way of ways(after)) await t.rejects(way(), { code: 'log-in-outdated' });
}

async function disagreement(t: Test, accounts: Accounts, keys: Keys): Promise<void> {
  const claims = claimsOf(
    keys,
    (await accounts.issueToken({ subject: 'pacs', role: 'submitter', lifetimeS: 60 })).token,
  );
  t.ok(await accounts.principalOf(claims));
  t.equal(await accounts.principalOf({ ...claims, role: 'operator' }), undefined);
  t.equal(await accounts.principalOf({ ...claims, sub: 'ris' }), undefined);
  t.equal(
    await accounts.principalOf({ ...claims, jti: '0198f0c2-0000-4000-8000-000000000000' }),
    undefined,
    'signed, but never issued here',
  );
  t.equal(await accounts.principalOf({ ...claims, jti: `x' or true --` }), undefined);
}

async function names(t: Test, accounts: Accounts): Promise<void> {
  await accounts.issueToken({ subject: 'gateway', role: 'submitter', lifetimeS: 60 });
  await t.rejects(accounts.addUser({ name: 'gateway', role: 'submitter', password: 'long enough for anyone' }), {
    code: 'name-in-use',
  });
}

async function madeKeys(t: Test): Promise<void> {
  const dataDir = join(await temporaryFolder(t), 'new');
  const made = await Promise.all(Array.from({ length: 5 }, () => loadKeys({ dataDir })));
  const token = made[0]!.sign(someClaims());
  for (const keys of made) t.match(claimsOf(keys, token), { sub: 'ris' }, 'processes that start at once have one key');
  t.match(claimsOf(await loadKeys({ dataDir }), token), { sub: 'ris' });
  t.strictSame(await readdir(dataDir), ['jwt-secret']);
  t.equal((await stat(join(dataDir, 'jwt-secret'))).mode & 0o777, 0o600);
  t.ok(Buffer.from((await readFile(join(dataDir, 'jwt-secret'), 'utf8')).trim(), 'base64url').length >= 32);
}

async function badKeys(t: Test): Promise<void> {
  await t.rejects(loadKeys({ jwtSecret: 'x'.repeat(31) }), /31 bytes/);
  await t.rejects(loadKeys({ jwtSecret: secret, previousJwtSecrets: ['short'] }), /previous/);
  const dataDir = await temporaryFolder(t);
  await writeFile(join(dataDir, 'jwt-secret'), 'short\n', { mode: 0o600 });
  await t.rejects(loadKeys({ dataDir }), /5 bytes/);
  await writeFile(join(dataDir, 'jwt-secret'), 'x'.repeat(40));
  await chmod(join(dataDir, 'jwt-secret'), 0o640);
  await t.rejects(loadKeys({ dataDir }), /can be read by users other than/);
}

async function rotation(t: Test): Promise<void> {
  const before = await loadKeys({ jwtSecret: secret });
  const after = await loadKeys({ jwtSecret: 'another secret of at least thirty-two', previousJwtSecrets: [secret] });
  t.match(claimsOf(after, before.sign(someClaims())), { sub: 'ris' });
  t.throws(() => claimsOf(before, after.sign(someClaims())), /no such key/);
  for (const kid of ['__proto__', 'constructor', '', 7, undefined, null, {}]) t.equal(after.keyOf(kid), undefined);
}

/** What a verifier that is set up as http's finds in a token. */
function claimsOf(keys: Keys, token: string): TokenClaims {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  const kid = typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined;
  const key = keys.keyOf(kid);
  if (key === undefined) throw new Error('no such key');
  const verify: (token: string) => TokenClaims = createVerifier({ key, ...keys.verify });
  return verify(token);
}

function someClaims(): TokenClaims {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: 'lesion-detector',
    sub: 'ris',
    role: 'submitter',
    jti: '0198f0c2-0000-4000-8000-000000000000',
    iat,
    exp: iat + 60,
  };
}
