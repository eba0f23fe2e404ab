import t from 'tap';
import { createApi } from '../../../src/viewer/api/index.js';
import { answer, serve } from './server.js';

/** Who the page believes is signed in, and what it does when that changes under it. */

const sessionOf = (name: string) => ({
  user: { name, role: 'radiologist' },
  csrfToken: `token of ${name}`,
  expiresAt: '2026-11-21T12:00:00Z',
});
const ended = () => answer(401, { code: 'unauthenticated', detail: 'The session has ended.' });

/** The api, and how often it asked for a sign-in or said that another user is there. */
function api(signInAgain: () => Promise<void> = () => Promise.resolve()) {
  const asked = { signIns: 0, others: 0 };
  const made = createApi({
    signInAgain: () => {
      asked.signIns += 1;
      return signInAgain();
    },
    userChanged: () => {
      asked.others += 1;
      return Promise.reject(new Error('another user'));
    },
  });
  return { api: made, asked };
}

t.test('nobody signed in is an answer, not a fault', async (t) => {
  serve(t, [ended()]);
  const { api: page, asked } = api();
  t.equal(await page.resume(), undefined);
  t.equal(page.session.current, undefined);
  t.equal(asked.signIns, 0);
});

t.test('a user who signed in again in another tab is not asked a second time', async (t) => {
  serve(t, [
    answer(200, sessionOf('reader')),
    ended(),
    answer(200, sessionOf('reader')),
    answer(200, { items: [], nextCursor: null }),
  ]);
  const { api: page, asked } = api();
  await page.resume();
  t.strictSame(await page.accounts(), []);
  t.equal(asked.signIns, 0);
});

t.test('another user in the same browser ends this page, and gets nothing of it', async (t) => {
  serve(t, [answer(200, sessionOf('reader')), ended(), answer(200, sessionOf('stranger'))]);
  const { api: page, asked } = api();
  await page.resume();
  await t.rejects(page.accounts(), /another user/);
  t.equal(asked.others, 1);
  t.equal(page.session.current?.user.name, 'reader');
});

t.test('many calls find the session ended; the user is asked once', async (t) => {
  let signedIn = false;
  serve(
    t,
    Array.from({ length: 9 }, () => ({ path }) => {
      if (signedIn)
        return path === '/v1/session' ? answer(200, sessionOf('reader')) : answer(200, { items: [], nextCursor: null });
      return ended();
    }),
  );
  const { api: page, asked } = api(() => {
    signedIn = true;
    return Promise.resolve();
  });
  t.strictSame(await Promise.all([page.accounts(), page.tokens(), page.priors('f')]), [[], [], []]);
  t.equal(asked.signIns, 1);
});

t.test('signing out of a session that has ended is signing out', async (t) => {
  serve(t, [answer(200, sessionOf('reader')), ended()]);
  const { api: page, asked } = api();
  await page.resume();
  await page.signOut();
  t.equal(page.session.current, undefined);
  t.equal(asked.signIns, 0);
});

t.test('a server that could not sign out leaves the user signed in', async (t) => {
  serve(t, [answer(200, sessionOf('reader')), answer(500, { code: 'internal', detail: 'A fault.' })]);
  const { api: page } = api();
  await page.resume();
  await t.rejects(page.signOut(), { code: 'internal' });
  t.equal(page.session.current?.user.name, 'reader');
});

t.test('a password that was changed renews the session', async (t) => {
  const requests = serve(t, [
    answer(200, sessionOf('reader')),
    answer(200, { ...sessionOf('reader'), csrfToken: 'new' }),
  ]);
  const { api: page } = api();
  await page.signIn('reader', 'secret');
  await page.changePassword('secret', 'another secret');
  t.equal(page.session.current?.csrfToken, 'new');
  t.strictSame(
    requests.map(({ headers }) => headers.get('x-csrf-token')),
    [null, 'token of reader'],
  );
});
