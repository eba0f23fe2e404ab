import t, { type Test } from 'tap';
import { type Database, openDatabase } from '../../src/database/index.js';
import { createAccounts } from '../../src/auth/index.js';
import type { Role } from '../../src/auth/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { onEachBackend } from '../backends.js';
import { startPostgres } from '../postgres.js';
import { analysedWith, failedWith, film, keys, sha256, spec, testService } from './fakes.js';

/** The HTTP side on the log and the accounts that it will run on; only the engine is a fake. */
async function serviceOn(t: Test, database: Database) {
  const log = createDetectionLog(database);
  const accounts = createAccounts(database, keys);
  await log.rememberModel({
    name: spec.name,
    version: spec.version,
    specSha256: sha256(JSON.stringify(spec)),
    onnxSha256: spec.onnxSha256,
    specText: JSON.stringify(spec),
  });
  const { app, engine } = testService({ dependencies: { log, accounts } });
  t.teardown(() => app.close());
  const as = async (role: Role, name: string) => ({
    authorization: `Bearer ${(await accounts.issueToken({ subject: name, role, lifetimeS: 600 })).token}`,
  });
  return { app, engine, log, accounts, as };
}

interface Page {
  readonly items: { id: string }[];
  readonly nextCursor: string | null;
}

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const { app, engine, accounts, as } = await serviceOn(t, database);
  const ris = await as('submitter', 'ris');
  const operator = await as('operator', 'admin');
  const post = (headers: Record<string, string> = {}, payload: Buffer | string = film) =>
    app.inject({ method: 'POST', url: '/v1/detections', payload, headers: { ...ris, ...headers } });

  await t.test('what was answered is what is read back', async (t) => {
    const answer = await post({ 'x-external-id': Buffer.from('Röntgen 1').toString('latin1') });
    t.equal(answer.statusCode, 201);
    t.equal((await app.inject({ url: String(answer.headers.location), headers: operator })).body, answer.body);
    engine.analyse = () => Promise.resolve(failedWith('deadline'));
    const failed = await post();
    t.equal(failed.statusCode, 504);
    t.match((await app.inject({ url: String(failed.headers.location), headers: ris })).json(), {
      state: 'not-analysed',
      id: failed.json<{ detectionId: string }>().detectionId,
    });
    engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.9, 0.2));
  });

  await t.test('of twenty requests with one Idempotency-Key one is worked on', async (t) => {
    let runs = 0;
    engine.analyse = ({ bytes }) => {
      runs += 1;
      return new Promise((resolve) =>
        setImmediate(() => {
          resolve(analysedWith(bytes, 0.9));
        }),
      );
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ 'idempotency-key': 'once' })));
    t.equal(runs, 1);
    t.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1);
    t.ok(
      answers.every(({ statusCode }) => [200, 201, 409].includes(statusCode)),
      'the others wait or have its report',
    );
    const again = await post({ 'idempotency-key': 'once' });
    t.equal(again.statusCode, 200);
    t.equal(again.body, answers.find(({ statusCode }) => statusCode === 201)?.body);
    t.match((await post({ 'idempotency-key': 'once' }, 'another film')).json(), { code: 'idempotency-mismatch' });
  });

  await t.test('pages and exports hold each row once, whatever comes in between', async (t) => {
    const before =
      (await app.inject({ url: '/v1/detection-exports?format=ndjson', headers: operator })).body.trim().split('\n')
        .length - 1;
    for (let i = 0; i < 7; i++) await post({ 'x-patient-ref': 'P' }, `film ${i}`);
    const seen: string[] = [];
    let url = '/v1/detections?patientRef=P&limit=3';
    for (;;) {
      const { items, nextCursor } = (await app.inject({ url, headers: ris })).json<Page>();
      seen.push(...items.map(({ id }) => id));
      if (nextCursor === null) break;
      await post({ 'x-patient-ref': 'P' }, `late ${seen.length}`);
      url = `/v1/detections?patientRef=P&limit=3&cursor=${nextCursor}`;
    }
    t.equal(seen.length, 7);
    t.equal(new Set(seen).size, 7);
    t.same(seen, [...seen].sort().reverse(), 'newest first');
    const lines = (await app.inject({ url: '/v1/detection-exports?format=ndjson', headers: operator })).body
      .trim()
      .split('\n');
    t.equal(lines.at(-1), JSON.stringify({ complete: true, rows: before + 9 }));
    const coco = (await app.inject({ url: '/v1/detection-exports?format=coco&patientRef=P', headers: operator })).json<{
      images: object[];
      annotations: object[];
    }>();
    t.equal(coco.images.length, 9);
  });

  await t.test('every filter reaches the database as a value', async (t) => {
    const hostile = encodeURIComponent("x'; drop table detections; --");
    for (const name of ['model', 'class', 'submitter', 'externalId', 'patientRef', 'accessionNumber']) {
      const answer = await app.inject({ url: `/v1/detections?${name}=${hostile}`, headers: operator });
      t.same(answer.json(), { items: [], nextCursor: null }, name);
    }
    const all = await app.inject({
      url: '/v1/detections?class=opacity&minFilmScore=0.5&from=2020-01-01&state=findings&limit=500',
      headers: operator,
    });
    t.ok(all.json<Page>().items.length > 5);
    t.match((await app.inject({ url: '/v1/detections?model=%00', headers: operator })).json(), {
      code: 'bad-parameter',
    });
  });

  await t.test('what callers write wrongly is their mistake, and no fault of the service', async (t) => {
    const ask = async (query: string) =>
      (await app.inject({ url: `/v1/${query}`, headers: operator })).json<Page & { code?: string }>();
    t.ok((await ask('detections?from=0001-01-01')).items.length > 5, 'all are younger than 1970');
    t.same((await ask('detections?to=1902-01-01')).items, []);
    t.match(await ask('statistics?from=1969-06-01&to=1970-02-01'), { days: [], total: { findings: 0 } });
    const signIn = await app.inject({
      method: 'POST',
      url: '/v1/session',
      payload: '{"name":"\\ud800","password":"correct horse battery"}',
      headers: { 'content-type': 'application/json' },
    });
    t.match(signIn.json(), { code: 'bad-parameter', status: 400 });

    engine.analyse = async ({ bytes }) => {
      // This process was so slow that its claim ran out, and another sender took the key.
      await database.kysely
        .updateTable('idempotency_keys')
        .set({ body_sha256: 'd'.repeat(64) })
        .where('key', '=', 'slow')
        .execute();
      return analysedWith(bytes, 0.9);
    };
    const late = await post({ 'idempotency-key': 'slow' });
    t.match(late.json(), { code: 'conflict', status: 409 });
    t.type(late.headers['retry-after'], 'string');
    t.equal(
      (await database.kysely.selectFrom('idempotency_keys').select('body_sha256').where('key', '=', 'slow').execute())
        .length,
      1,
      'the other one keeps it',
    );
    engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.9, 0.2));
  });

  await t.test("a log-in ends when it is revoked, and a user's when the user is disabled", async (t) => {
    await accounts.addUser({ name: 'anna', role: 'radiologist', password: 'correct horse battery' });
    const logIn = async (password: string) =>
      app.inject({ method: 'POST', url: '/v1/tokens', payload: { name: 'anna', password } });
    t.equal((await logIn('wrong horse battery')).statusCode, 401);
    const first = (await logIn('correct horse battery')).json<{ token: string; jti: string }>();
    const second = (await logIn('correct horse battery')).json<{ token: string; jti: string }>();
    const models = async (token: string) =>
      (await app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${token}` } })).statusCode;
    t.equal(await models(first.token), 200);
    t.equal(
      (
        await app.inject({
          method: 'DELETE',
          url: `/v1/tokens/${first.jti}`,
          headers: { authorization: `Bearer ${first.token}` },
        })
      ).statusCode,
      204,
    );
    t.equal(await models(first.token), 401);
    t.match((await app.inject({ method: 'DELETE', url: '/v1/tokens/no-such-token', headers: operator })).json(), {
      code: 'not-found',
    });
    await accounts.disableUser('anna');
    t.equal(await models(second.token), 401);
  });
});

t.test('a database that stops is said to have stopped, and comes back without a restart', async (t) => {
  const cluster = await startPostgres();
  if (cluster === undefined) {
    t.pass('there is no PostgreSQL here; test/log tells so');
    return;
  }
  t.teardown(() => cluster.remove());
  const database = await openDatabase({
    at: { url: await cluster.createDatabase('stopping') },
    onError: () => undefined,
  });
  t.teardown(() => database.close());
  const { app, as, engine } = await serviceOn(t, database);
  const ris = await as('submitter', 'ris');
  const post = () =>
    app.inject({ method: 'POST', url: '/v1/detections', payload: film, headers: { ...ris, 'idempotency-key': 'k' } });
  t.equal((await app.inject('/readyz')).statusCode, 200);
  // It stops while a film is analysed: after the token was believed and the key was claimed.
  const { analyse } = engine;
  engine.analyse = async (request) => {
    await cluster.stop();
    return analyse(request);
  };
  const lost = await post();
  t.match(lost.json(), { code: 'log-unavailable', status: 503 });
  t.notOk('detections' in lost.json<object>());
  t.match((await post()).json(), { code: 'log-unavailable' });
  t.match((await app.inject({ url: '/v1/detections', headers: ris })).json(), { code: 'log-unavailable' });
  t.match((await app.inject({ method: 'POST', url: '/v1/tokens', payload: { name: 'a', password: 'b' } })).json(), {
    code: 'log-unavailable',
  });
  t.match((await app.inject('/readyz')).json(), { code: 'not-ready', database: { state: 'unavailable' } });
  t.equal((await app.inject('/healthz')).statusCode, 200);

  await cluster.start();
  engine.analyse = analyse;
  t.same(
    (await app.inject({ url: '/v1/detections', headers: ris })).json(),
    { items: [], nextCursor: null },
    'nothing half-written',
  );
  const again = await app.inject({ method: 'POST', url: '/v1/detections', payload: film, headers: ris });
  t.equal(again.statusCode, 201);
  t.equal((await app.inject('/readyz')).statusCode, 200);
});
