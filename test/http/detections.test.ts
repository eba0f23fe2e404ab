import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { DatabaseUnavailable } from '../../src/database/index.js';
import { cursorAfter, idOfCursor } from '../../src/http/detections/cursor.js';
import { analysedWith, failedWith, form, gated, sha256, testService, type TestService } from './fakes.js';

/** Five films of two submitters in all states, oldest first. */
async function withFilms(service: TestService) {
  const { app, engine } = service;
  const send = async (name: string, bytes: string, headers: Record<string, string> = {}) => {
    const { headers: answer } = await app.inject({
      method: 'POST',
      url: '/v1/detections',
      payload: bytes,
      headers: { ...headers, ...(await service.as('submitter', name)) },
    });
    return String(answer.location).replace('/v1/detections/', '');
  };
  const ids: string[] = [];
  engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.9, 0.6, 0.2));
  ids.push(await send('ris', 'one', { 'x-external-id': '=SUM(1)', 'x-patient-ref': 'P1' }));
  engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.3));
  ids.push(await send('ris', 'two', { 'x-external-id': 'a "quoted", thing', 'x-accession-number': 'A2' }));
  engine.analyse = ({ bytes }) => Promise.resolve(gated(bytes));
  ids.push(await send('ris', 'three'));
  engine.analyse = () => Promise.resolve(failedWith('deadline'));
  ids.push(await send('pacs', 'four'));
  engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.8));
  ids.push(await send('pacs', 'five'));
  return ids;
}

interface Page {
  readonly items: { id: string; state: string; submitter: string }[];
  readonly nextCursor: string | null;
}

t.test('the list', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const ids = await withFilms(service);
  const radiologist = await service.as('radiologist', 'anna');
  const list = (query = '', headers = radiologist) => service.app.inject({ url: `/v1/detections${query}`, headers });
  const idsOf = async (query: string, headers = radiologist) =>
    (await list(query, headers)).json<Page>().items.map(({ id }) => id);

  await t.test('shows the newest first, exactly as logged', async (t) => {
    const answer = await list();
    t.same(
      answer.json<Page>().items.map(({ id }) => id),
      [...ids].reverse(),
    );
    t.equal(answer.json<Page>().nextCursor, null);
    for (const { reportText } of service.log.entries)
      t.ok(
        answer.body.includes(`${reportText.slice(0, -1)},"boxCount":`),
        'as it was logged, with what lists show behind it',
      );
    t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  });

  await t.test('is walked page by page, each row once', async (t) => {
    const seen: string[] = [];
    let query = '?limit=2';
    for (let pages = 0; pages < 5; pages++) {
      const answer = await list(query);
      const { items, nextCursor } = answer.json<Page>();
      seen.push(...items.map(({ id }) => id));
      if (nextCursor === null) break;
      const next = /^<(.*)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
      t.equal(next, `/v1/detections?limit=2&cursor=${nextCursor}`);
      query = next!.replace('/v1/detections', '');
    }
    t.same(seen, [...ids].reverse());
  });

  await t.test('a cursor of another query, another caller or nobody is refused', async (t) => {
    const { nextCursor } = (await list('?limit=1')).json<Page>();
    const cursor = nextCursor!;
    const bad = {
      'other filters': `?state=findings&cursor=${cursor}`,
      'a character changed': `?cursor=${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`,
      'cut short': `?cursor=${cursor.slice(0, -1)}`,
      'with rubbish behind': `?cursor=${cursor}A`,
      garbage: '?cursor=1%27%20OR%201=1',
      empty: '?cursor=',
      'a bare id': `?cursor=${ids[0]!}`,
    };
    for (const [what, query] of Object.entries(bad))
      t.match((await list(query)).json(), { code: 'bad-cursor', status: 400 }, what);
    t.match(
      (await list(`?cursor=${cursor}`, await service.as('submitter', 'ris'))).json(),
      { code: 'bad-cursor' },
      'another caller',
    );
    t.equal((await list(`?limit=5&cursor=${cursor}`)).statusCode, 200, 'but the size of a page may change');
  });

  await t.test('is filtered', async (t) => {
    const [one, two, three, four, five] = ids;
    t.same(await idsOf('?state=findings'), [five, one]);
    t.same(await idsOf('?state=not-analysed'), [four, three]);
    t.same(await idsOf('?submitter=pacs&model=toy'), [five, four]);
    t.same(await idsOf(`?sha256=${sha256('two')}`), [two]);
    t.same(await idsOf('?patientRef=P1'), [one]);
    t.same(await idsOf('?accessionNumber=A2'), [two]);
    t.same(await idsOf(`?externalId=${encodeURIComponent('=SUM(1)')}`), [one]);
    t.same(await idsOf("?model=toy'%20OR%20'1'='1"), [], 'SQL in a filter is only text');
    const { createdAt } = service.log.entries[2]!.report;
    const until = await idsOf(`?to=${createdAt}`);
    t.notOk(until.includes(three!), 'the end is not in it');
    const since = await idsOf(`?from=${createdAt}`);
    t.ok(since.includes(three!), 'the beginning is');
    t.same(new Set([...until, ...since]), new Set(ids));
    t.equal(until.length + since.length, ids.length, 'and the two halves are the whole');
    const day = createdAt.slice(0, 10);
    t.same(await idsOf(`?from=${day}`), [...ids].reverse(), 'a date is its midnight in UTC');
    t.same(await idsOf(`?to=${day}`), []);
    t.same(await idsOf(`?from=${encodeURIComponent(createdAt.replace('Z', '+00:00'))}`), since);
  });

  await t.test('refuses parameters that it would have to guess', async (t) => {
    const bad: Record<string, string> = {
      'limit=0': 'limit',
      'limit=501': 'limit',
      'limit=1.5': 'limit',
      'limit=ten': 'limit',
      'minFilmScore=2': 'minFilmScore',
      'minFilmScore=-0.1': 'minFilmScore',
      'minFilmScore=NaN': 'minFilmScore',
      'minFilmScore=Infinity': 'minFilmScore',
      'minFilmScore=': 'minFilmScore',
      'state=normal': 'state',
      'state=findings&state=not-analysed': 'state',
      'reviewed=maybe': 'reviewed',
      'sha256=abc': 'sha256',
      'model=a%00b': 'model',
      'patientRef=a%0ab': 'patientRef',
      'patientRef=': 'patientRef',
      'from=yesterday': 'from',
      'from=2026-02-30': 'from',
      'from=2026-02-30T00:00:00Z': 'from',
      'from=2026-13-01': 'from',
      'from=2026-01-01T00:00:00': 'from',
      'to=2026-01-01T00:00:00+01:00': 'to',
      'to=1767225600': 'to',
      'patient=P1': 'patient',
      '__proto__=x': '__proto__',
    };
    for (const [query, name] of Object.entries(bad)) {
      const answer = await list(`?${query}`);
      t.match(answer.json(), { code: 'bad-parameter', status: 400 }, query);
      t.match(answer.json<{ detail: string }>().detail, `“${name}”`, 'and names it');
    }
  });

  await t.test('shows a submitter its own rows', async (t) => {
    const pacs = await service.as('submitter', 'pacs');
    t.same(await idsOf('', pacs), [ids[4], ids[3]]);
    t.same(await idsOf('?submitter=pacs', pacs), [ids[4], ids[3]]);
    t.match((await list('?submitter=ris', pacs)).json(), { code: 'forbidden', status: 403 });
    t.same(await idsOf('?patientRef=P1', pacs), []);
  });
});

t.test('one report', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const ids = await withFilms(service);
  const operator = await service.as('operator');
  const get = (id: string, query = '', headers = operator) =>
    service.app.inject({ url: `/v1/detections/${id}${query}`, headers });

  t.equal((await get(ids[0]!)).body, service.log.entries[0]?.reportText, 'is the text that was logged');
  t.equal((await get(ids[0]!.toUpperCase())).statusCode, 200);
  t.match(
    (await get(ids[0]!, '', await service.as('submitter', 'pacs'))).json(),
    { code: 'not-found' },
    "another submitter's is not there",
  );
  for (const id of ['0198f0c2-7d1a-7c3e-8a55-2f6b1c9d4e10', 'x', "1'%20OR%20'1'='1", '%00']) {
    t.match((await get(id)).json(), { code: 'not-found', status: 404 }, id);
  }

  t.match((await get(ids[0]!, '?minScore=0.7')).json(), {
    id: ids[0],
    state: 'findings',
    threshold: 0.7,
    detections: [{ score: 0.9 }],
    asLogged: { state: 'findings', threshold: 0.5 },
  });
  t.equal(
    (await get(ids[0]!, '?minScore=0.2')).json<{ detections: [] }>().detections.length,
    3,
    'candidates below the threshold come into view',
  );
  t.match((await get(ids[0]!, '?minScore=1')).json(), {
    state: 'below-threshold',
    detections: [],
    asLogged: { state: 'findings' },
  });
  t.match((await get(ids[3]!, '?minScore=0')).json(), { state: 'not-analysed' }, 'no score makes a film analysed');
  for (const bad of ['2', 'NaN', '-0.01', '', 'high', '1e400']) {
    t.match(
      (await get(ids[0]!, `?minScore=${bad}`)).json(),
      { code: 'bad-parameter', detail: /“minScore”/ },
      `minScore=${bad}`,
    );
  }
  t.match((await get(ids[0]!, '?minscore=0.5')).json(), { code: 'bad-parameter', detail: /“minscore”/ });

  for (const [i, state] of [
    [0, 'findings'],
    [1, 'below-threshold'],
    [3, 'not-analysed'],
  ] as const) {
    const drawing = await get(`${ids[i]!}/overlay.svg`);
    t.equal(drawing.headers['content-type'], 'image/svg+xml; charset=utf-8');
    t.match(drawing.body, `data-state="${state}"`);
    t.match(drawing.body, 'Research use only');
  }
  t.match((await get(`${ids[0]!}/overlay.svg`)).body, 'viewBox="0 0 200 100"');
  t.equal((await get(`${ids[0]!}/overlay.svg`, '', await service.as('submitter', 'pacs'))).statusCode, 404);
});

t.test('exports', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const ids = await withFilms(service);
  const operator = await service.as('operator');
  const get = (query: string) => service.app.inject({ url: `/v1/detection-exports?${query}`, headers: operator });

  const ndjson = (await get('format=ndjson')).body.split('\n');
  t.same(ndjson.slice(0, 5), service.log.entries.map(({ reportText }) => reportText).reverse());
  t.same(ndjson.slice(5), ['{"complete":true,"rows":5}', '']);
  t.same(
    (await get('format=ndjson&state=findings&submitter=ris')).body.split('\n').length,
    3,
    'filters are those of the list',
  );
  t.match(service.log.events.at(-1), { code: 'exported', actor: 'operator', detail: 'ndjson', address: '127.0.0.1' });

  const csv = await get('format=csv');
  t.match(csv.headers['content-type'], 'text/csv');
  const lines = csv.body.split('\r\n');
  const { createdAt } = service.log.entries[0]!.report;
  t.equal(
    lines[0],
    'id,createdAt,submitter,externalId,state,model,modelVersion,provider,imageSha256,' +
      'imageWidth,imageHeight,threshold,filmScore,reason,reasonDetail,boxId,class,score,x,y,width,height',
  );
  // The first film has two boxes at or above its threshold of 0.5, at x = 0 and 10; its external id looks like a
  // formula.
  const film = `${ids[0]!},${createdAt},ris,'=SUM(1),findings,toy,1.0.0,cpu,${sha256('one')},200,100,0.5,0.9,,`;
  t.same(lines.slice(5, 7), [
    `${film},${ids[0]!}-1,opacity,0.9,0,5,20,30`,
    `${film},${ids[0]!}-2,opacity,0.6,10,5,20,30`,
  ]);
  t.match(lines[4], ',"a ""quoted"", thing",', 'quotes are doubled');
  t.match(lines[2], /,not-analysed,.*,deadline,The engine gave up.,,,,,,,$/, 'a film without boxes says why');
  t.equal(lines.length, 8, 'a head, six lines, an end');

  interface Coco {
    images: { id: number; file_name: string }[];
    annotations: { image_id: number; bbox: number[]; score: number; category_id: number }[];
    categories: object[];
    not_analysed: { code: string; file_name: string }[];
    info: object;
  }
  const coco = (await get('format=coco')).json<Coco>();
  t.same(
    coco.images.map(({ id, file_name }) => [id, file_name]),
    [
      [1, `${sha256('five')}.png`],
      [2, `${sha256('two')}.png`],
      [3, `${sha256('one')}.png`],
    ],
  );
  t.same(
    coco.annotations.map(({ image_id, score }) => [image_id, score]),
    [
      [1, 0.8],
      [3, 0.9],
      [3, 0.6],
    ],
  );
  t.same(coco.annotations[2]?.bbox, [10, 5, 20, 30]);
  t.same(coco.categories, [{ id: 1, name: 'opacity', supercategory: 'lesion' }]);
  t.same(
    coco.info,
    { complete: true, images: 3, annotations: 3, not_analysed: 2 },
    'films that were not analysed are no negatives',
  );

  t.same(
    coco.not_analysed.map(({ code, file_name }) => [code, file_name]),
    [
      ['deadline', ''],
      ['not-a-chest-film', `${sha256('three')}.png`],
    ],
    'each with its reason',
  );

  t.match((await get('')).json(), { code: 'bad-parameter', detail: /“format”/ });
  t.match((await get('format=xml')).json(), { code: 'bad-parameter' });
  t.match((await get('format=csv&limit=3')).json(), { code: 'bad-parameter', detail: /“limit”/ });
  service.log.down = true;
  for (const format of ['csv', 'ndjson', 'coco'])
    t.match((await get(`format=${format}`)).json(), { code: 'log-unavailable', status: 503 });
  service.log.down = false;
  service.log.entries.length = 0;
  t.equal((await get('format=ndjson')).body, '{"complete":true,"rows":0}\n');
  t.same((await get('format=coco')).json<Coco>().images, []);
});

t.test('rows that come while a COCO export is read are left out, and one that goes cuts it', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  await withFilms(service);
  const stream = service.log.stream.bind(service.log);
  const operator = await service.as('operator');
  const get = () => service.app.inject({ url: '/v1/detection-exports?format=coco', headers: operator });
  const [newest] = service.log.entries.splice(4);
  let readings = 0;
  service.log.stream = (filter) => {
    readings += 1;
    if (readings === 2) service.log.entries.push(newest!);
    return stream(filter);
  };
  const { images, annotations } = (await get()).json<{ images: object[]; annotations: { image_id: number }[] }>();
  t.equal(images.length, 2);
  t.same(
    annotations.map(({ image_id }) => image_id),
    [2, 2],
  );
  service.log.stream = async function* (filter) {
    readings += 1;
    for await (const row of stream(filter)) if (readings !== 5 || row.id !== newest?.report.id) yield row;
  };
  const cut = await get().catch((error: unknown) => error);
  t.ok(cut instanceof Error || !(cut as { body: string }).body.includes('"complete":true'));
});

t.test('when the database is away reading says so', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const ids = await withFilms(service);
  const operator = await service.as('operator');
  service.log.down = true;
  for (const url of ['/v1/detections', `/v1/detections/${ids[0]!}`, `/v1/detections/${ids[0]!}/overlay.svg`]) {
    const answer = await service.app.inject({ url, headers: operator });
    t.match(answer.json(), { code: 'log-unavailable', status: 503 });
    t.notOk('items' in answer.json<object>(), 'which is not an empty list');
  }
  service.accounts.principalOf = () => Promise.reject(new DatabaseUnavailable('away'));
  t.match(
    (await service.app.inject({ url: '/v1/detections', headers: operator })).json(),
    { code: 'log-unavailable' },
    'not that the token is bad',
  );
});

t.test('a cursor is read back for its own query, and for no other', (t) => {
  const filter = fc.record(
    { model: fc.string(), minFilmScore: fc.double({ min: 0, max: 1, noNaN: true }), submitter: fc.string() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.uuid(), filter, filter, (id, one, other) => {
      const query = { filter: one, sort: '-createdAt' } as const;
      const cursor = cursorAfter(id, query);
      t.equal(idOfCursor(cursor, query), id);
      t.throws(() => idOfCursor(cursor, { ...query, sort: 'createdAt' }), { code: 'bad-cursor' });
      if (JSON.stringify(one) !== JSON.stringify(other))
        t.throws(() => idOfCursor(cursor, { ...query, filter: other }), { code: 'bad-cursor' });
    }),
    { seed: 7, numRuns: 200 },
  );
  t.end();
});

t.test('a form may carry what a header may', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const values = {
    patientRef: 'P',
    accessionNumber: 'A',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.1',
    sopInstanceUid: '1.2.3.4',
    externalId: 'E',
    model: 'toy',
  };
  const { model: _, ...references } = values;
  const { payload, headers } = form(
    { name: 'image', filename: 'f', value: 'film' },
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
  );
  await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload,
    headers: { ...headers, ...(await service.as('radiologist')) },
  });
  const names = {
    'x-patient-ref': 'P',
    'x-accession-number': 'A',
    'x-study-instance-uid': '1.2.3',
    'x-series-instance-uid': '1.2.3.1',
    'x-sop-instance-uid': '1.2.3.4',
    'x-external-id': 'E',
    'x-model': 'toy',
  };
  await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: 'film',
    headers: { ...names, ...(await service.as('radiologist')) },
  });
  t.same(
    service.log.entries.map((entry) => entry.references),
    [references, references],
  );
});

t.test('whoever lists can follow by position, and misses no row', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const [ris, other] = [await service.as('submitter', 'ris'), await service.as('submitter', 'other')];
  for (const headers of [ris, other, ris, ris])
    await service.app.inject({ method: 'POST', url: '/v1/detections', payload: 'a film', headers });
  // Committed in another order than uploaded, as a large film is among small ones.
  const ids = service.log.entries.map(({ report }) => report.id);
  service.log.entries.reverse();
  const seen: string[] = [];
  let position = 0;
  for (;;) {
    const page = await service.app.inject({ url: `/v1/detections?limit=2&after=${position}`, headers: ris });
    const answer = page.json<{ items: { id: string }[]; position: number; nextCursor: null }>();
    if (answer.items.length === 0) break;
    seen.push(...answer.items.map(({ id }) => id));
    ({ position } = answer);
  }
  t.same(seen, [ids[3], ids[2], ids[0]], 'in the order of the log, own rows only');
  const counted = await service.app.inject({ url: '/v1/detections?count=true&limit=1', headers: ris });
  const from = counted.json<{ position: number; nextCursor: string }>();
  await service.app.inject({ method: 'POST', url: '/v1/detections', payload: 'a film', headers: ris });
  const since = await service.app.inject({ url: `/v1/detections?after=${from.position}`, headers: ris });
  t.same(
    since.json<{ items: { id: string }[] }>().items.map(({ id }) => id),
    [service.log.entries.at(-1)?.report.id],
    'a page that counts says from where it goes on: what is in the list is not told again',
  );
  const both = await service.app.inject({ url: '/v1/detections?after=0&cursor=x', headers: ris });
  t.match(both.json(), { code: 'bad-parameter' });
  for (const bad of ['-1', 'x', '1.5', '1e30'])
    t.match((await service.app.inject({ url: `/v1/detections?after=${bad}`, headers: ris })).json(), {
      code: 'bad-parameter',
    });
});

t.test('the list is compressed where the client takes that, and is the same', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  await withFilms(service);
  const headers = await service.as('radiologist', 'anna');
  const plain = await service.app.inject({ url: '/v1/detections', headers });
  const packed = await service.app.inject({
    url: '/v1/detections',
    headers: { ...headers, 'accept-encoding': 'gzip' },
  });
  t.equal(plain.headers['content-encoding'], undefined);
  t.match(packed.headers, { 'content-encoding': 'gzip', vary: /accept-encoding/i });
  t.ok(packed.rawPayload.length < plain.rawPayload.length / 2);
  t.equal(gunzipSync(packed.rawPayload).toString(), plain.body);
});
