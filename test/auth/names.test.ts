import t, { type Test } from 'tap';
import { type Accounts, createAccounts, loadKeys } from '../../src/auth/index.js';
import { type Database, openDatabase } from '../../src/database/index.js';
import { onEachBackend } from '../backends.js';

const password = 'long enough for anyone';

await onEachBackend(t, async (t, backend) => {
  const at = await backend.place();
  const database = await openDatabase({ at });
  t.teardown(() => database.close());
  const accounts = createAccounts(database, await loadKeys({ jwtSecret: 'a secret of at least thirty-two bytes' }));
  await t.test('a name that looks like another is not given', (t) => lookAlikes(t, accounts));
  await t.test('a name is the same however its letters were composed', async (t) => {
    await accounts.addUser({ name: 'Jürgen', role: 'submitter', password });
    t.match(await accounts.logIn('Jürgen'.normalize('NFD'), password), { name: 'Jürgen' });
  });
  await t.test('attempts are counted for all replicas together, a minute long', (t) => attempts(t, accounts, database));
});

async function lookAlikes(t: Test, accounts: Accounts): Promise<void> {
  const add = (name: string) => accounts.addUser({ name, role: 'submitter', password });
  const token = (subject: string) => accounts.issueToken({ subject, role: 'submitter', lifetimeS: 60 });
  await add('anna.copper');
  await token('pacs-1');
  const taken = { code: 'name-in-use' };
  const alike = {
    'other case': 'Anna.Copper',
    'full width': 'ａｎｎａ.copper',
    'a ligature of numbers': 'pacs-１',
    'another case of a machine': 'PACS-1',
  };
  for (const [what, name] of Object.entries(alike)) {
    await t.rejects(add(name), taken, what);
    await t.rejects(token(name), taken, `${what}, a machine`);
    t.equal(await accounts.signUp({ name, password }), false, 'a stranger is told nothing');
  }
  // Every letter of it is Cyrillic.
  await add('сора');
  await t.rejects(add('copa'), taken, 'a whole word of Cyrillic letters');
  await t.rejects(add('ann\u0430'), { code: 'bad-name' }, 'a Cyrillic letter among Latin ones');
  await t.rejects(add('\u03bfmega'), { code: 'bad-name' }, 'a Greek one');
  for (const name of ['anna.copper2', 'Ольга', 'Ωμέγα', '田中', 'müller-7']) await add(name);
  await token('anna.copper');
  await token('pacs-1');
  t.pass('who has the name goes on using it');
  const names = await Promise.allSettled(['race', 'RACE', 'Race', 'rаce'].map(add));
  t.equal(names.filter(({ status }) => status === 'fulfilled').length, 1, 'of several at once one gets it');
}

async function attempts(t: Test, accounts: Accounts, { kysely }: Database): Promise<void> {
  const counts = async (...subjects: string[]) =>
    (await accounts.countAttempts(subjects)).map((counted) => counted.attempts);
  t.strictSame(await counts('net', 'net anna'), [1, 1]);
  t.strictSame(await counts('net', 'net bert'), [2, 1]);
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => counts('net', `net ${i}`)));
  t.strictSame(
    many.map(([ofNet]) => ofNet!).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i + 3),
  );
  const [last] = await accounts.countAttempts(['net']);
  t.ok(last!.endsInS >= 0 && last!.endsInS <= 60);
  const kept = JSON.stringify(await kysely.selectFrom('login_attempts').selectAll().execute());
  t.notMatch(kept, /net|anna/, 'nobody can be read from it');
  await kysely
    .updateTable('login_attempts')
    .set({ ends_at: new Date(Date.now() - 120_000) })
    .execute();
  t.strictSame(await counts('net'), [1], 'a minute later it begins anew');
  t.equal((await kysely.selectFrom('login_attempts').selectAll().execute()).length, 1, 'and the others are forgotten');
}
