import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openDatabase } from '../src/database/index.js';
import { createAccounts } from '../src/auth/index.js';
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
  t.same(await trialAccess(service, dataDir), { accounts: [], submitterToken: first.submitterToken }, 'later starts');

  const other = await serviceOnNewDatabase(t);
  const moved = await trialAccess(other, dataDir);
  t.equal(moved.accounts.length, 2, 'another database has people of its own');
  t.not(moved.submitterToken, first.submitterToken);
  t.equal(await readFile(tokenPath, 'utf8'), `${moved.submitterToken}\n`);
  t.equal((await stat(tokenPath)).mode & 0o777, 0o600);

  for (const { jti } of await other.accounts.listTokens('trial')) await other.accounts.revokeToken(jti);
  const { accounts, submitterToken } = await trialAccess(other, dataDir);
  t.same(accounts, [], 'the people are there');
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
