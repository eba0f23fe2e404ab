import t from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { createAccounts } from '../../src/auth/index.js';
import { onEachBackend } from '../backends.js';
import { keys, testService } from './fakes.js';

interface Page {
  readonly items: readonly { readonly name?: string; readonly jti?: string; readonly user?: string }[];
  readonly nextCursor: string | null;
}

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const accounts = createAccounts(database, keys);
  const { app } = testService({ dependencies: { accounts } });
  t.teardown(() => app.close());
  const tokenOf = async (subject: string, role: 'submitter' | 'operator') =>
    (await accounts.issueToken({ subject, role, lifetimeS: 600 })).token;
  const headers = { authorization: `Bearer ${await tokenOf('admin', 'operator')}` };
  const get = async (url: string, who = headers) => app.inject({ url, headers: who });

  /** Every page from the first one on, by the header that leads to the next. */
  async function walk(url: string, who = headers): Promise<Page[]> {
    const pages: Page[] = [];
    for (let next: string | undefined = url; next !== undefined;) {
      const answer = await get(next, who);
      t.equal(answer.statusCode, 200, next);
      pages.push(answer.json<Page>());
      next = /^<([^>]*)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
    }
    return pages;
  }

  await t.test('accounts come in pages, each once, by name', async (t) => {
    const names = ['Ärztin', 'anna', 'bert', 'carla', 'żaneta', 'дора', 'e@x.org'];
    for (const name of names) await accounts.addUser({ name, role: 'submitter', password: 'correct horse battery' });
    const pages = await walk('/v1/users?limit=2');
    t.strictSame(
      pages.map(({ items }) => items.length),
      [2, 2, 2, 1],
    );
    t.equal(pages.at(-1)?.nextCursor, null);
    const walked = pages.flatMap(({ items }) => items.map(({ name }) => name ?? ''));
    t.strictSame(walked.toSorted(), names.toSorted());
    t.same(
      (await get('/v1/users')).json<Page>().items.map(({ name }) => name),
      walked,
      'in the order of one page',
    );
  });

  await t.test('tokens of one second come in pages, each once, newest first', async (t) => {
    const machines = await Promise.all(Array.from({ length: 7 }, () => tokenOf('ris', 'submitter')));
    const all = (await get('/v1/tokens')).json<Page>().items.map(({ jti }) => jti);
    t.equal(all.length, 8);
    const pages = await walk('/v1/tokens?limit=3');
    t.strictSame(
      pages.map(({ items }) => items.length),
      [3, 3, 2],
    );
    t.same(
      pages.flatMap(({ items }) => items.map(({ jti }) => jti)),
      all,
    );
    const own = await walk('/v1/tokens?limit=4', { authorization: `Bearer ${machines[0] ?? ''}` });
    t.ok(own.every(({ items }) => items.every(({ user }) => user === 'ris')));
    const cursor = encodeURIComponent(own[0]?.nextCursor ?? '');
    t.match((await get(`/v1/tokens?cursor=${cursor}`)).json(), { code: 'bad-cursor' }, "another caller's");
    t.match((await get(`/v1/users?cursor=${cursor}`)).json(), { code: 'bad-cursor' }, "another list's");
  });

  await t.test('a page has a size, and a cursor is one that was given', async (t) => {
    for (const path of ['/v1/users', '/v1/tokens']) {
      for (const query of ['limit=0', 'limit=501', 'limit=1.5', 'limit=x', 'limit=1&limit=2', 'offset=3'])
        t.match((await get(`${path}?${query}`)).json(), { code: 'bad-parameter' }, `${path}?${query}`);
      for (const cursor of ['', 'x', 'QUJD', 'A'.repeat(43), 'A'.repeat(500)])
        t.match((await get(`${path}?cursor=${cursor}`)).json(), { code: 'bad-cursor' }, `${path} ${cursor.length}`);
    }
  });

  await t.test('of the old tokens of a machine, the last one stays', async (t) => {
    for (const day of [1, 2, 3]) {
      const { jti } = await accounts.issueToken({ subject: 'gone', role: 'submitter', lifetimeS: 60 });
      const old = { issued_at: new Date(0), expires_at: new Date(day * 86_400_000) };
      await database.kysely.updateTable('tokens').set(old).where('jti', '=', jti).execute();
    }
    await tokenOf('someone', 'submitter');
    const left = await accounts.listTokens({ owner: 'gone', limit: 9 });
    t.same(
      left.map(({ expiresAt }) => expiresAt.getTime()),
      [3 * 86_400_000],
    );
    await t.rejects(accounts.addUser({ name: 'gone', role: 'submitter', password: 'correct horse battery' }), {
      code: 'name-in-use',
    });
  });
});
