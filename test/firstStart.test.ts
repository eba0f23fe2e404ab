import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DatabaseUnavailable, openDatabase } from '../src/database/index.js';
import { type Accounts, createAccounts } from '../src/auth/index.js';
import { trialAccess } from '../src/firstStart.js';
import { embeddedFolder, temporaryFolder } from './backends.js';
import { issuer, keys, sign, testService } from './http/fakes.js';

async function serviceOnNewDatabase(t: Test) {
  const database = await openDatabase({ at: { dataDir: await embeddedFolder(t) } });
  t.teardown(() => database.close());
  const accounts = createAccounts(database, keys);
  const { app } = testService({ dependencies: { accounts } });
  t.teardown(() => app.close());
  return { app, accounts };
}

t.test('the token beside the data is printed again only where the service takes it', async (t) => {
  const dataDir = await temporaryFolder(t);
  const tokenPath = join(dataDir, 'submitter-token');
  const service = await serviceOnNewDatabase(t);
  const first = await trialAccess(service, dataDir);
  t.same(
    first.accounts.map(({ name, role }) => [name, role]),
    [
      ['reader', 'radiologist'],
      ['operator', 'operator'],
    ],
  );
  t.same(
    await trialAccess(service, dataDir),
    { accounts: [], present: [], submitterToken: first.submitterToken },
    'later starts',
  );

  const other = await serviceOnNewDatabase(t);
  const moved = await trialAccess(other, dataDir);
  t.equal(moved.accounts.length, 2, 'another database has people of its own');
  t.not(moved.submitterToken, first.submitterToken);
  t.equal(await readFile(tokenPath, 'utf8'), `${moved.submitterToken}\n`);
  t.equal((await stat(tokenPath)).mode & 0o777, 0o600);

  for (const { jti } of await other.accounts.listTokens({ owner: 'trial', limit: 9 }))
    await other.accounts.revokeToken(jti);
  const { accounts, present, submitterToken } = await trialAccess(other, dataDir);
  t.same(accounts, [], 'the people are there');
  t.same(present, ['reader', 'operator'], 'and it is said that they are');
  t.not(submitterToken, moved.submitterToken, 'a revoked token is not printed again');

  const now = Math.floor(Date.now() / 1000);
  await writeFile(
    tokenPath,
    sign(
      { iss: issuer, sub: 'trial', role: 'submitter', jti: 'j', iat: now, exp: now + 60 },
      { key: 'another secret of thirty-two bytes' },
    ),
  );
  const { submitterToken: renewed } = await trialAccess(other, dataDir);
  t.equal(
    (await other.app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${renewed}` } })).statusCode,
    200,
    'of another secret',
  );
});

t.test(
  'a database that goes away while the first accounts are made is waited for, and each is made once',
  async (t) => {
    const { app, accounts } = await serviceOnNewDatabase(t);
    const away = new DatabaseUnavailable('the database is away');
    let calls = 0;
    /** Fails twice: before it has done anything, and after it has, when the answer is lost. */
    const lossy =
      <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        calls++;
        if (calls % 3 === 1) throw away;
        const result = await act(...args);
        if (calls % 3 === 2) throw away;
        return result;
      };
    const shaky: Accounts = { ...accounts, addUser: lossy(accounts.addUser), issueToken: lossy(accounts.issueToken) };
    let waits = 0;
    const access = await trialAccess({ app, accounts: shaky }, await temporaryFolder(t), {
      onWait: () => {
        waits++;
      },
    });
    t.equal(waits, 6, 'both accounts and the token failed twice');
    t.same(access.present, []);
    for (const { name, password } of access.accounts)
      t.equal((await accounts.logIn(name, password))?.name, name, 'the password that is printed is the right one');
    t.equal(access.accounts.length, 2);
    t.equal((await accounts.listUsers({ limit: 9 })).length, 2);
  },
);

t.test('a token that cannot be checked is not taken for a foreign one', async (t) => {
  const dataDir = await temporaryFolder(t);
  const { app, accounts } = await serviceOnNewDatabase(t);
  const { submitterToken } = await trialAccess({ app, accounts }, dataDir);
  const down: Accounts = {
    ...accounts,
    principalOf: () => Promise.reject(new DatabaseUnavailable('the database is away')),
  };
  const without = testService({ dependencies: { accounts: down } });
  t.teardown(() => without.app.close());
  await t.rejects(trialAccess({ app: without.app, accounts: down }, dataDir, { patienceMs: 0 }), DatabaseUnavailable);
  t.equal(await readFile(join(dataDir, 'submitter-token'), 'utf8'), `${submitterToken}\n`);
  t.equal((await accounts.listTokens({ owner: 'trial', limit: 9 })).length, 1);
});

t.test('nobody waits for a database after the service was told to stop', async (t) => {
  const { app, accounts } = await serviceOnNewDatabase(t);
  const stopping = new AbortController();
  const down: Accounts = { ...accounts, addUser: () => Promise.reject(new DatabaseUnavailable('it is away')) };
  const started = trialAccess({ app, accounts: down }, await temporaryFolder(t), {
    signal: stopping.signal,
    onWait: () => {
      stopping.abort();
    },
  });
  await t.rejects(started, { name: 'AbortError' });
});
