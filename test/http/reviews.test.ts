import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { Compile } from 'typebox/compile';
import type { Role } from '../../src/auth/index.js';
import { type Database, openDatabase } from '../../src/database/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { createReviews, type Review, ReviewSchema } from '../../src/reviews/index.js';
import { onEachBackend } from '../backends.js';
import { entry, model } from '../log/entries.js';
import { testService } from './fakes.js';

/** A film of 2021 pixels square with one reported box, -1, and a candidate below the threshold, -2. */
const { report, ...film } = entry();
const unanalysed = entry({ state: 'not-analysed' });
const path = `/v1/detections/${report.id}/reviews`;
const drawn = { class: 'opacity', box: { x: 10, y: 20.5, width: 30.25, height: 40 } };
const schema = Compile(ReviewSchema);

async function serviceOn(database: Database) {
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  await log.append({ report, ...film });
  await log.append(unanalysed);
  const service = testService({ dependencies: { log, reviews: createReviews(database) } });
  const send = async (role: Role, body: object, headers: Record<string, string> = {}, name: string = role) =>
    service.app.inject({
      method: 'POST',
      url: path,
      payload: body,
      headers: { ...(await service.as(role, name)), ...headers },
    });
  const get = async (url: string, role: Role, name: string = role) =>
    service.app.inject({ url, headers: await service.as(role, name) });
  return { ...service, send, get };
}
type Service = Awaited<ReturnType<typeof serviceOn>>;

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const service = await serviceOn(database);
  t.teardown(() => service.app.close());
  await t.test('radiologists write reviews, and who sees the report reads them', (t) => rights(t, service));
  await t.test('a retry with the same key is answered with the same review', (t) => retried(t, service));
  await t.test('what is wrong with a review is said by a code, and names the member', (t) => refused(t, service));
  await t.test('films are listed by whether they were reviewed', (t) => filtered(t, service));
});

async function rights(t: Test, { send, get }: Service): Promise<void> {
  t.same((await get(path, 'submitter', 'ris')).json(), { items: [] });
  for (const role of ['submitter', 'operator'] as const)
    t.match((await send(role, { complete: true }, {}, 'ris')).json(), { code: 'forbidden', status: 403 }, role);
  const answer = await send('radiologist', { verdicts: [{ id: `${report.id}-2`, verdict: 'right' }], drawn: [drawn] });
  t.equal(answer.statusCode, 201);
  const review = answer.json<Review>();
  t.ok(schema.Check(review));
  t.match(review, { reader: 'radiologist', madeIn: 'page', detectionId: report.id, drawn: [drawn], complete: false });
  for (const [role, name] of [
    ['submitter', 'ris'],
    ['radiologist', 'ben'],
    ['operator', 'admin'],
  ] as const)
    t.same((await get(path, role, name)).json(), { items: [review] }, role);
  t.match((await get(path, 'submitter', 'pacs')).json(), { code: 'not-found' }, "another's film");
  t.match((await get(`/v1/detections/${randomUUID()}/reviews`, 'radiologist')).json(), { code: 'not-found' });
}

async function retried(t: Test, { send, get }: Service): Promise<void> {
  const key = { 'idempotency-key': randomUUID().toUpperCase() };
  const first = await send('radiologist', { complete: true }, key);
  const again = await send(
    'radiologist',
    { complete: true },
    { 'idempotency-key': key['idempotency-key'].toLowerCase() },
  );
  t.strictSame([first.statusCode, again.statusCode], [201, 200]);
  t.equal(again.headers['idempotency-replayed'], 'true');
  t.same(again.json(), first.json());
  t.match((await send('radiologist', { complete: false, comment: 'x' }, key)).json(), { code: 'idempotency-mismatch' });
  t.match((await send('radiologist', { complete: true }, { 'idempotency-key': 'exam 7' })).json(), {
    code: 'bad-parameter',
  });
  t.equal((await get(path, 'radiologist')).json<{ items: object[] }>().items.length, 2);
}

async function refused(t: Test, { send, get, app, as }: Service): Promise<void> {
  const id = `${report.id}-1`;
  const cases: readonly (readonly [code: string, body: object, named: string])[] = [
    ['bad-review', {}, 'nothing'],
    ['bad-review', { verdicts: [{ id, verdict: 'moved' }] }, '“verdicts.0.movedTo”'],
    ['unknown-box', { verdicts: [{ id: `${unanalysed.report.id}-1`, verdict: 'right' }] }, '“verdicts.0.id”'],
    ['unknown-class', { drawn: [drawn, { ...drawn, class: 'nodule' }] }, '“drawn.1.class”'],
    ['box-outside-film', { drawn: [{ ...drawn, box: { ...drawn.box, x: 2000 } }] }, '“drawn.0.box”'],
    ['too-many-boxes', { drawn: Array.from({ length: 501 }, () => drawn) }, '501'],
    ['bad-parameter', { drawn: [{ ...drawn, box: { ...drawn.box, width: 0 } }] }, '“drawn.0.box.width”'],
    ['bad-parameter', { drawn: [{ class: 'opacity' }] }, '“box”'],
    ['bad-parameter', { verdicts: [{ id, verdict: 'perhaps' }] }, '“verdicts.0.verdict”'],
    ['bad-parameter', { filmVerdict: 'good' }, '“filmVerdict”'],
    ['bad-parameter', { comment: 'a\u0000b' }, '“comment”'],
    ['bad-parameter', { complete: 'true' }, '“complete”'],
    ['bad-parameter', { complete: true, reader: 'eve' }, '“reader”'],
  ];
  const before = (await get(path, 'radiologist')).body;
  for (const [code, body, named] of cases) {
    const problem = (await send('radiologist', body)).json<{ code: string; detail: string }>();
    t.equal(problem.code, code, JSON.stringify(body).slice(0, 80));
    t.match(problem.detail, named);
  }
  const ofUnanalysed = (payload: object, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: `/v1/detections/${unanalysed.report.id}/reviews`, payload, headers });
  const anna = await as('radiologist', 'anna');
  t.match((await ofUnanalysed({ complete: true }, anna)).json(), { code: 'film-not-analysed', status: 422 });
  t.equal((await get(path, 'radiologist')).body, before, 'none of them was recorded');
  t.match((await send('radiologist', { comment: 'x'.repeat(300_000) })).json(), { code: 'upload-too-large' });
  const most = {
    drawn: Array.from({ length: 500 }, (_, i) => ({ ...drawn, box: { ...drawn.box, x: i + 1 / 3, y: i + 1 / 7 } })),
  };
  t.equal((await send('radiologist', most)).statusCode, 201, '500 boxes with all digits fit');
}

async function filtered(t: Test, { get }: Service): Promise<void> {
  const ids = async (query: string) =>
    (await get(`/v1/detections?${query}`, 'radiologist')).json<{ items: { id: string }[] }>().items.map(({ id }) => id);
  t.same(await ids('reviewed=true'), [report.id]);
  t.same(await ids('reviewed=false'), [unanalysed.report.id]);
  t.same((await ids('')).length, 2);
}
