import t from 'tap';
import { checkAnswer } from '../../../src/viewer/api/answerSchema.js';
import { createConnection } from '../../../src/viewer/api/connection.js';
import { ApiFault } from '../../../src/viewer/api/fault.js';
import { createSessionState } from '../../../src/viewer/api/sessionState.js';
import { createTransport } from '../../../src/viewer/api/transport.js';
import { answer, serve } from './server.js';

/** Which calls are repeated, which ask the user to sign in again, and which fail at once. */

const session = { user: { name: 'reader', role: 'radiologist' }, csrfToken: 'token', expiresAt: 'later' } as const;

/** A transport whose pauses end at once; `signIns` and `pauses` hold what it asked for. */
function transport() {
  const asked = { signIns: 0, refreshes: 0, pauses: [] as number[] };
  const state = createSessionState();
  state.set(session);
  const connection = Object.assign(createConnection(), {
    pause: (attempt: number, leastMs: number) => {
      asked.pauses.push(attempt, leastMs);
      return Promise.resolve();
    },
  });
  const made = createTransport({
    session: state,
    connection,
    signInAgain: () => {
      asked.signIns += 1;
      return Promise.resolve();
    },
    refreshSession: () => {
      asked.refreshes += 1;
      return Promise.resolve();
    },
  });
  return { ...made, asked, state, connection };
}

/** The answer of a call that the test makes up. */
function named(value: unknown): unknown {
  checkAnswer(value, { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }, {});
  return value;
}

const problem = (status: number, code: string, headers: Readonly<Record<string, string>> = {}) =>
  answer(status, { code, detail: `It is ${code}.` }, headers);

t.test('a call that only reads is repeated until the server answers', async (t) => {
  const requests = serve(t, [
    new TypeError('no route'),
    problem(503, 'not-ready', { 'retry-after': '7' }),
    answer(200),
  ]);
  const { call, asked, connection } = transport();
  t.equal((await call('GET', '/v1/site')).status, 200);
  t.equal(requests.length, 3);
  t.strictSame(asked.pauses, [1, 0, 2, 7000], 'it waits at least as long as the server asks for');
  t.equal(connection.state, 'here');
});

t.test('a call that changes something fails at once, and the page says that the server is away', async (t) => {
  const requests = serve(t, [new TypeError('no route')]);
  const { call, connection } = transport();
  await t.rejects(call('POST', '/v1/users', { body: {} }), { code: 'unreachable', status: 0 });
  t.equal(requests.length, 1);
  t.equal(connection.state, 'away');
});

t.test('a busy server is still here; a gateway that finds none behind it is not', async (t) => {
  for (const [reply, state] of [
    [problem(503, 'queue-full'), 'here'],
    [problem(503, 'log-unavailable'), 'away'],
    [new Response('<html>', { status: 502 }), 'away'],
    [problem(422, 'broken-image'), 'here'],
  ] as const) {
    serve(t, [reply]);
    const { call, connection } = transport();
    connection.lost();
    await t.rejects(call('POST', '/v1/x'), ApiFault);
    t.equal(connection.state, state);
  }
});

t.test('a session that has ended is signed in again, and the call goes on', async (t) => {
  const requests = serve(t, [problem(401, 'unauthenticated'), answer(200, { name: 'a' })]);
  const { read, asked } = transport();
  t.strictSame(await read(named, 'POST', '/v1/x', { body: { name: 'a' } }), { name: 'a' });
  t.equal(asked.signIns, 1);
  t.strictSame(
    requests.map(({ body }) => body),
    ['{"name":"a"}', '{"name":"a"}'],
    'with what was typed',
  );
});

t.test('a wrong password is an answer to what was typed, not the end of a session', async (t) => {
  serve(t, [problem(401, 'unauthenticated')]);
  const { call, asked } = transport();
  await t.rejects(call('POST', '/v1/session', { body: {}, asksWhoYouAre: true }), {
    message: 'It is unauthenticated.',
    status: 401,
  });
  t.equal(asked.signIns, 0);
});

t.test('a refused CSRF token is renewed once: a second refusal is the answer', async (t) => {
  const requests = serve(t, [problem(403, 'csrf'), problem(403, 'csrf')]);
  const { call, asked } = transport();
  await t.rejects(call('DELETE', '/v1/tokens/7'), { code: 'csrf' });
  t.equal(asked.refreshes, 1);
  t.equal(requests.length, 2);
});

t.test('only calls that change something carry the CSRF token', async (t) => {
  const requests = serve(t, [answer(200), answer(204)]);
  const { call } = transport();
  await call('GET', '/v1/site');
  await call('DELETE', '/v1/tokens/7');
  t.strictSame(
    requests.map(({ headers }) => headers.get('x-csrf-token')),
    [null, 'token'],
  );
});

t.test('every answer says when the session ends', async (t) => {
  serve(t, [answer(200, {}, { 'x-session-expires-at': '2026-11-21T12:00:00Z' })]);
  const { call, state } = transport();
  await call('GET', '/v1/site');
  t.equal(state.current?.expiresAt, '2026-11-21T12:00:00Z');
});

t.test('an answer of another shape, or no JSON, is unreadable', async (t) => {
  for (const reply of [answer(200, { name: 7 }), new Response('<html>', { status: 200 })]) {
    serve(t, [reply]);
    await t.rejects(transport().read(named, 'GET', '/v1/x'), { code: 'unreadable', status: 200 });
  }
});

t.test('a call that was given up is not repeated', async (t) => {
  const requests = serve(t, []);
  const stop = new AbortController();
  stop.abort();
  await t.rejects(transport().call('GET', '/v1/site', { signal: stop.signal }), { name: 'AbortError' });
  t.equal(requests.length, 0);
});
