import t from 'tap';
import type { FilmReferences } from '../../src/log/index.js';
import { analysedWith, film, form, testService } from './fakes.js';

/** What tells whose film it is: given with the film, shown to its sender and to radiologists, never to operators. */

interface Page {
  readonly items: { readonly id: string; readonly references?: FilmReferences }[];
  readonly nextCursor: string | null;
  readonly total?: number | null;
}

const named = { patientRef: 'P-7', studyDate: '2026-03-02', label: 'Thorax p.a. „liegend“' };

async function withNamedFilm() {
  const service = testService();
  const { app } = service;
  const ris = await service.as('submitter', 'ris');
  const send = async (headers: Record<string, string> = {}, payload: Buffer = film) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/detections',
      payload,
      headers: { ...headers, ...ris },
    });
    return { ...answer, id: String(answer.headers.location).replace('/v1/detections/', '') };
  };
  const fields = Object.entries(named).map(([name, value]) => ({ name, value }));
  const sent = form(...fields, { name: 'image', filename: 'film.png', value: film });
  const { id, body } = await send(sent.headers, sent.payload);
  const get = async (url: string, who: Record<string, string>) => app.inject({ url: `/v1/${url}`, headers: who });
  return { ...service, ris, send, get, id, body };
}

t.test('a film has a study date and a label, from a form or from headers', async (t) => {
  const { app, log, send } = await withNamedFilm();
  t.teardown(() => app.close());
  t.same(log.entries[0]?.references, named);
  const label = Buffer.from(named.label).toString('latin1');
  await send({ 'x-patient-ref': 'P-7', 'x-study-date': '2026-03-02', 'x-label': label });
  t.same(log.entries[1]?.references, named);
});

t.test('a study date is a day of the calendar that was, and a label is short', async (t) => {
  const { app, send } = await withNamedFilm();
  t.teardown(() => app.close());
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const bad = ['2026-02-30', '2025-02-29', '20260302', '2026-3-2', '02.03.2026', '2026-03-02T00:00:00Z', 'today', '0'];
  for (const date of [...bad, inDays(2), '9999-12-31', '0202-06-01', '1895-11-07']) {
    const answer = await send({ 'x-study-date': date });
    t.match(answer.json(), { code: 'bad-parameter', status: 400, detail: /studyDate/ }, date);
  }
  for (const date of ['2024-02-29', '1895-11-08', inDays(0), inDays(1)])
    t.equal((await send({ 'x-study-date': date })).statusCode, 201, date);
  t.match((await send({ 'x-label': 'x'.repeat(129) })).json(), { code: 'bad-parameter', detail: /label/ });
  t.equal((await send({ 'x-label': 'x'.repeat(128) })).statusCode, 201);
  t.equal((await send({ 'x-study-date': '', 'x-label': '' })).statusCode, 201, 'an empty field is none');
});

t.test('sender and radiologists see whose film it is, and operators do not', async (t) => {
  const { app, as, ris, get, send, id, body } = await withNamedFilm();
  t.teardown(() => app.close());
  const { id: prior } = await send({ 'x-patient-ref': 'P-7' });
  const { id: bare } = await send();
  const expected = new Map<string, FilmReferences>([
    [id, named],
    [prior, { patientRef: 'P-7' }],
    [bare, {}],
  ]);
  const lists = ['detections', 'detections?after=0', `detections/${id}/priors`, `detections/${prior}/priors`];
  for (const who of [ris, await as('radiologist', 'anna')]) {
    for (const url of lists) {
      const { items } = (await get(url, who)).json<Page>();
      t.ok(items.length > 0, url);
      for (const item of items) t.same(item.references, expected.get(item.id), url);
    }
    for (const [of, references] of expected) {
      const answer = await get(`detections/${of}/references`, who);
      t.equal(answer.statusCode, 200);
      t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
      t.same(answer.json(), references);
    }
    t.equal((await get(`detections/${id}`, who)).body, body, 'the report itself is as it was logged');
  }
  const operator = await as('operator');
  const exports = ['csv', 'ndjson', 'coco'].map((format) => `detection-exports?format=${format}`);
  for (const url of [...lists, ...exports, `detections/${id}`]) {
    const answer = await get(url, operator);
    t.equal(answer.statusCode, 200, url);
    t.notMatch(answer.body, /references|P-7|2026-03-02|liegend/, url);
  }
  t.match((await get(`detections/${id}/references`, operator)).json(), { code: 'forbidden', status: 403 });
  t.match((await get(`detections/${id}/references`, await as('submitter', 'pacs'))).json(), { code: 'not-found' });
  t.match((await get('detections/no-such-id/references', ris)).json(), { code: 'not-found', status: 404 });
  t.equal((await get(`detections/${id}/references`, {})).statusCode, 401);
});

t.test('study dates and labels are in no line of the application log', async (t) => {
  const { app, get, ris, id, logText } = await withNamedFilm();
  t.teardown(() => app.close());
  await get(`detections/${id}/references`, ris);
  t.ok(logText().length > 0);
  t.notMatch(logText(), /P-7|2026-03-02|liegend/);
});

t.test('a list is sorted as asked, with a cursor of that order, and says how many rows there are', async (t) => {
  const { app, as, engine, log, get, send } = await withNamedFilm();
  t.teardown(() => app.close());
  engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.8));
  await send();
  const anna = await as('radiologist', 'anna');
  const asked: unknown[] = [];
  const { list } = log;
  log.list = (filter, page) => {
    asked.push(page.sort);
    return list(filter, page);
  };
  const sorts = ['-createdAt', 'createdAt', '-filmScore', 'filmScore', '-boxCount', 'boxCount'];
  for (const sort of sorts) {
    const { nextCursor } = (await get(`detections?limit=1&sort=${sort}`, anna)).json<Page>();
    t.equal((await get(`detections?limit=1&sort=${sort}&cursor=${nextCursor!}`, anna)).statusCode, 200, sort);
    const other = sorts[(sorts.indexOf(sort) + 1) % sorts.length]!;
    t.match((await get(`detections?sort=${other}&cursor=${nextCursor!}`, anna)).json(), { code: 'bad-cursor' });
  }
  t.same(
    asked,
    sorts.flatMap((sort) => [sort, sort]),
  );
  const { nextCursor } = (await get('detections?limit=1', anna)).json<Page>();
  t.equal((await get(`detections?sort=-createdAt&cursor=${nextCursor!}`, anna)).statusCode, 200, 'the default, named');

  t.equal((await get('detections?count=true&limit=1', anna)).json<Page>().total, 2);
  t.equal((await get('detections?count=true&patientRef=P-7', anna)).json<Page>().total, 1);
  t.equal((await get('detections?count=true', await as('submitter', 'pacs'))).json<Page>().total, 0, 'of its own rows');
  t.notOk('total' in (await get('detections?count=false', anna)).json<object>());
  log.count = () => Promise.resolve(null);
  t.equal((await get('detections?count=true', anna)).json<Page>().total, null, 'null where counting would be slow');

  for (const query of ['sort=score', 'sort=', 'count=maybe', 'after=0&sort=filmScore', 'after=0&count=true'])
    t.match((await get(`detections?${query}`, anna)).json(), { code: 'bad-parameter', status: 400 }, query);
});
