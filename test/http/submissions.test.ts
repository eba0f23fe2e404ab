import fc from 'fast-check';
import t, { type Test } from 'tap';
import { AnalysisRefused } from '../../src/engine/index.js';
import { analysedWith, failedWith, film, form, gated, sha256, testService, type TestService } from './fakes.js';

const image = { name: 'image', filename: 'Meier^Anna.png', value: film, type: 'image/png' };

interface Sent {
  readonly payload?: Buffer | string;
  readonly headers?: Record<string, string>;
}

async function post(service: TestService, { payload, headers }: Sent) {
  const who = await service.as('submitter', 'ris');
  return service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    headers: { ...who, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
}

/** A problem of the catalogue, without a stack trace, after which the service still answers. */
async function assertProblem(t: Test, service: TestService, sent: Sent, status: number, code: string) {
  const answer = await post(service, sent);
  t.equal(answer.statusCode, status, code);
  t.match(answer.headers['content-type'], /^application\/problem\+json/);
  t.match(answer.json(), { code, status, type: `/problems/${code}`, instance: /^urn:uuid:[0-9a-f-]{36}$/ });
  t.notMatch(answer.body, /\bat .*\.[jt]s:\d+|node_modules/, 'no stack trace');
  t.equal(service.log.entries.length, 0, 'nothing is logged as a detection');
  t.equal((await service.app.inject('/healthz')).statusCode, 200, 'the service is alive');
  return answer;
}

t.test('a film is answered with the very report that was logged', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const answer = await post(
    service,
    form(image, { name: 'patientRef', value: 'P-77' }, { name: 'externalId', value: 'é-1' }),
  );
  t.equal(answer.statusCode, 201);
  const [entry] = service.log.entries;
  t.equal(answer.body, entry?.reportText, 'byte for byte');
  const report = answer.json<Record<string, unknown>>();
  t.match(report, {
    state: 'findings',
    submitter: 'ris',
    externalId: 'é-1',
    threshold: 0.5,
    detections: [{ class: 'opacity', score: 0.9 }],
  });
  t.equal(answer.headers.location, `/v1/detections/${String(report['id'])}`);
  t.equal(answer.headers['cache-control'], 'no-store');
  t.same(entry?.references, { patientRef: 'P-77', externalId: 'é-1' });
  t.equal(entry?.candidates.length, 2, 'candidates below the threshold are kept');
  t.notMatch(answer.body, 'P-77', 'the patient is not in the report');
  t.match(service.log.events, [], 'a logged film needs no audit event');

  const time = parseInt(String(report['id']).replaceAll('-', '').slice(0, 12), 16);
  t.equal(new Date(time).toISOString(), report['createdAt'], 'the time is the one in the id');
});

t.test('the raw bytes are a film, whatever their content type says', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const types = [
    'image/png',
    'application/octet-stream',
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain; charset=utf-8',
    'nonsense',
  ];
  for (const type of types) {
    const answer = await post(service, {
      payload: film,
      headers: {
        'content-type': type,
        'x-accession-number': 'A1',
        'x-external-id': Buffer.from('é-2').toString('latin1'),
      },
    });
    t.equal(answer.statusCode, 201, type);
    t.equal(answer.json<{ externalId: string }>().externalId, 'é-2');
  }
  t.ok(
    service.engine.films.every((bytes) => film.equals(bytes)),
    'and arrive unchanged',
  );
  t.same(service.log.entries[0]?.references, { accessionNumber: 'A1', externalId: 'é-2' });
  const ids = service.log.entries.map(({ report }) => report.id);
  t.same(ids, [...ids].sort(), 'ids rise');
});

t.test('every outcome of the engine has its answer and its row', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const { engine, log } = service;
  const sent = { payload: film, headers: { 'content-type': 'image/png' } };

  engine.analyse = ({ bytes }) => Promise.resolve(analysedWith(bytes, 0.4));
  t.match((await post(service, sent)).json(), { state: 'below-threshold', detections: [], filmScore: 0.4 });

  engine.analyse = ({ bytes }) => Promise.resolve(gated(bytes));
  const refused = await post(service, sent);
  t.equal(refused.statusCode, 201);
  t.match(refused.json(), { state: 'not-analysed', reason: { code: 'not-a-chest-film' } });
  t.notOk('detections' in refused.json<object>(), 'a film that was not analysed has no list of boxes');

  for (const [code, status] of [
    ['engine-failed', 500],
    ['deadline', 504],
  ] as const) {
    engine.analyse = () => Promise.resolve(failedWith(code));
    const answer = await post(service, sent);
    t.equal(answer.statusCode, status);
    const row = log.entries.at(-1)!;
    t.match(answer.json(), { code, detectionId: row.report.id });
    t.match(row.report, { state: 'not-analysed', reason: { code }, image: null });
  }

  const before = log.entries.length;
  for (const [code, status] of [
    ['queue-full', 503],
    ['not-ready', 503],
    ['unsupported-image', 415],
    ['broken-image', 422],
    ['image-too-large', 413],
    ['image-too-small', 422],
  ] as const) {
    engine.analyse = () => Promise.reject(new AnalysisRefused(code, 'Refused.'));
    const answer = await post(service, sent);
    t.equal(answer.statusCode, status, code);
    t.match(answer.json(), { code });
    t.equal(answer.headers['retry-after'] !== undefined, status === 503, 'what may be retried says when');
  }
  t.equal(log.entries.length, before, 'none of these has a row');
  t.match(
    log.events,
    ['unsupported-image', 'broken-image', 'image-too-large', 'image-too-small'].map((code) => ({
      code,
      actor: 'ris',
      sizeBytes: film.length,
      sha256: sha256(film),
    })),
    'refused images leave an audit event',
  );
  t.equal(log.events.length, 4);

  engine.analyse = () => Promise.reject(new Error('secret text of a library'));
  const fault = await post(service, sent);
  t.match(fault.json(), { code: 'internal', status: 500 });
  t.notMatch(fault.body, 'secret text');

  const metrics = await service.app.inject({ url: '/metrics', headers: await service.as('operator') });
  t.match(metrics.body, /lesion_detector_detections_total\{state="below-threshold",model="toy"\} 1/);
  t.match(metrics.body, /lesion_detector_failures_total\{reason="deadline"\} 1/);
  t.match(metrics.body, /lesion_detector_failures_total\{reason="not-a-chest-film"\} 1/);
  t.match(metrics.body, /lesion_detector_infer_seconds_sum 0\.071/);
});

t.test('when the database is away nothing is answered', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  service.log.down = true;
  const answer = await assertProblem(
    t,
    service,
    { payload: film, headers: { 'idempotency-key': 'k' } },
    503,
    'log-unavailable',
  );
  t.ok(answer.headers['retry-after']);
  await assertProblem(t, service, { payload: film }, 503, 'log-unavailable');
  // A refusal that can't be put on record is not given either.
  await assertProblem(t, service, { payload: '' }, 503, 'log-unavailable');
  service.log.down = false;
  t.equal((await post(service, { payload: film })).statusCode, 201, 'and it goes on when the database is back');
});

t.test('bad uploads are refused by their code', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const large = Buffer.alloc(100_001);
  const refused: [string, Sent, number, string][] = [
    ['no body', {}, 400, 'empty-image'],
    ['an empty body', { payload: '' }, 400, 'empty-image'],
    ['an empty form', { headers: { ...form().headers, 'content-length': '0' } }, 400, 'empty-image'],
    ['an image of 0 bytes', form({ ...image, value: '' }), 400, 'empty-image'],
    ['no image field', form({ name: 'patientRef', value: 'P' }), 400, 'no-image'],
    ['a form without parts', form(), 400, 'no-image'],
    ['the file under another name', form({ ...image, name: 'file' }), 400, 'no-image'],
    ['the image as text', form({ name: 'image', value: 'iVBOR' }), 400, 'no-image'],
    ['two images', form(image, image), 400, 'several-images'],
    ['three images', form(image, image, image), 400, 'several-images'],
    ['an image and another file', form(image, { ...image, name: 'file' }), 400, 'several-images'],
    ['another file and an image', form({ ...image, name: 'file' }, image), 400, 'several-images'],
    ['an unknown field', form(image, { name: 'patient', value: 'P' }), 400, 'bad-parameter'],
    [
      'a field twice',
      form(image, { name: 'model', value: 'toy' }, { name: 'model', value: 'toy' }),
      400,
      'bad-parameter',
    ],
    [
      'a field in the form and as a header',
      {
        payload: form(image, { name: 'model', value: 'toy' }).payload,
        headers: { ...form().headers, 'x-model': 'toy' },
      },
      400,
      'bad-parameter',
    ],
    ['a field of 129 characters', form({ name: 'patientRef', value: 'é'.repeat(129) }, image), 400, 'bad-parameter'],
    ['a field of a megabyte', form({ name: 'patientRef', value: 'x'.repeat(90_000) }, image), 400, 'bad-parameter'],
    ['a NUL byte in a field', form(image, { name: 'patientRef', value: 'P\0' }), 400, 'bad-parameter'],
    ['a line break in a field', form(image, { name: 'patientRef', value: 'P\r\nx: y' }), 400, 'bad-parameter'],
    [
      'a field as JSON',
      form(image, { name: 'patientRef', value: '{"a":1}', type: 'application/json' }),
      400,
      'bad-parameter',
    ],
    ['a field called __proto__', form(image, { name: '__proto__', value: 'x' }), 400, 'bad-parameter'],
    [
      'forty fields',
      form(image, ...Array.from({ length: 40 }, (_, i) => ({ name: `f${i}`, value: 'x' }))),
      400,
      'bad-parameter',
    ],
    [
      'a header that is not UTF-8',
      { payload: film, headers: { 'x-patient-ref': 'M\u00fcller' } },
      400,
      'bad-parameter',
    ],
    ['an unknown model', { payload: film, headers: { 'x-model': 'nope' } }, 404, 'unknown-model'],
    [
      'a model that is a property of every object',
      { payload: film, headers: { 'x-model': '__proto__' } },
      404,
      'unknown-model',
    ],
    [
      'a part without a name',
      {
        payload: Buffer.from(form(image).payload.toString('latin1').replace(' name="image";', ''), 'latin1'),
        headers: form().headers,
      },
      400,
      'bad-parameter',
    ],
    [
      'a field without a name',
      {
        payload: Buffer.from(
          form({ name: 'model', value: 'toy' }, image).payload.toString('latin1').replace('; name="model"', ''),
          'latin1',
        ),
        headers: form().headers,
      },
      400,
      'bad-parameter',
    ],
    [
      'a form without boundary',
      { payload: 'x', headers: { 'content-type': 'multipart/form-data' } },
      400,
      'bad-request',
    ],
    [
      'a form cut short',
      { payload: form(image).payload.subarray(0, 100), headers: form().headers },
      400,
      'bad-request',
    ],
    [
      'a form cut short in its image',
      { payload: form(image).payload.subarray(0, 130), headers: form().headers },
      400,
      'bad-request',
    ],
    ['a form of garbage', { payload: 'garbage', headers: form().headers }, 400, 'bad-request'],
    ['an upload over the limit', { payload: large }, 413, 'upload-too-large'],
    ['a form over the limit', form({ ...image, value: large }), 413, 'upload-too-large'],
    ['a form far over the limit', form({ ...image, value: Buffer.alloc(300_000) }), 413, 'upload-too-large'],
    ['an empty Idempotency-Key', { payload: film, headers: { 'idempotency-key': '' } }, 400, 'bad-parameter'],
    [
      'an Idempotency-Key of 256 characters',
      { payload: film, headers: { 'idempotency-key': 'k'.repeat(256) } },
      400,
      'bad-parameter',
    ],
  ];
  for (const [what, sent, status, code] of refused) {
    await t.test(`${what} is ${code}`, async (t) => {
      await assertProblem(t, service, sent, status, code);
      t.match(service.log.events.at(-1), { code, actor: 'ris', address: '127.0.0.1' }, 'and on record');
    });
  }
  t.equal(service.engine.films.length, 0, 'the engine saw none of them');
  t.equal(service.log.events.length, refused.length);

  const named = await post(service, form(image, { name: 'patient', value: 'P' }));
  t.match(named.json<{ detail: string }>().detail, 'patient', 'the problem names the field');
});

t.test('no body, however damaged, is a fault of the service', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const who = await service.as('submitter');
  const { payload, headers } = form({ name: 'patientRef', value: 'P' }, image, { name: 'model', value: 'toy' });
  const damaged = fc.oneof(
    fc.nat(payload.length).map((at) => payload.subarray(0, at)),
    fc
      .tuple(fc.nat(payload.length - 1), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) => Buffer.concat([payload.subarray(0, at), Buffer.from([byte]), payload.subarray(at + 1)])),
    fc
      .tuple(fc.nat(payload.length), fc.nat(60))
      .map(([at, length]) => Buffer.concat([payload.subarray(0, at), payload.subarray(at + length)])),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );
  let created = 0;
  await fc.assert(
    fc.asyncProperty(damaged, async (body) => {
      const answer = await service.app.inject({
        method: 'POST',
        url: '/v1/detections',
        payload: body,
        headers: { ...headers, ...who },
      });
      if (answer.statusCode === 201) created += 1;
      else t.ok([400, 404, 413].includes(answer.statusCode), `${answer.statusCode} ${answer.body}`);
      t.equal(service.log.entries.length, created, 'a row for each answer, and no other');
    }),
    { seed: 7, numRuns: 400 },
  );
  t.ok(created > 0 && created < 400, 'some were harmless, some not');
});

t.test('a field may have 128 characters of any script, and none at all', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const longest = '𝄞'.repeat(128);
  t.equal(
    (await post(service, form({ name: 'externalId', value: longest }, { name: 'patientRef', value: '' }, image)))
      .statusCode,
    201,
  );
  t.same(service.log.entries[0]?.references, { externalId: longest });
});

t.test('an Idempotency-Key makes a repeated request safe', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const { engine, log } = service;
  const key = { 'idempotency-key': 'once' };
  const first = await post(service, { payload: film, headers: key });
  t.equal(first.statusCode, 201);
  t.equal(first.headers['idempotency-replayed'], undefined);

  const again = await post(service, { ...form(image), headers: { ...form().headers, ...key } });
  t.equal(again.statusCode, 200, 'the same film, now in a form');
  t.equal(again.headers['idempotency-replayed'], 'true');
  t.equal(again.headers.location, first.headers.location);
  t.equal(again.body, first.body);
  t.equal(log.entries.length, 1);

  t.match((await post(service, { payload: 'another film', headers: key })).json(), {
    code: 'idempotency-mismatch',
    status: 422,
  });
  t.match((await post(service, { payload: film, headers: { ...key, 'x-patient-ref': 'P' } })).json(), {
    code: 'idempotency-mismatch',
  });

  let finish = () => {};
  let started = () => {};
  const running = new Promise<void>((resolve) => (started = resolve));
  engine.analyse = ({ bytes }) => {
    started();
    return new Promise(
      (resolve) =>
        (finish = () => {
          resolve(analysedWith(bytes, 0.9));
        }),
    );
  };
  const slow = post(service, { payload: film, headers: { 'idempotency-key': 'slow' } });
  await running;
  const meanwhile = await post(service, { payload: film, headers: { 'idempotency-key': 'slow' } });
  t.match(meanwhile.json(), { code: 'conflict', status: 409 });
  t.ok(meanwhile.headers['retry-after']);
  finish();
  t.equal((await slow).statusCode, 201);

  engine.analyse = () => Promise.reject(new AnalysisRefused('queue-full', 'Full.'));
  t.equal((await post(service, { payload: film, headers: { 'idempotency-key': 'later' } })).statusCode, 503);
  t.equal(log.openClaims.size, 0, 'a request that came to no row gives its key back');
  engine.analyse = () => Promise.resolve(failedWith('deadline'));
  t.equal((await post(service, { payload: film, headers: { 'idempotency-key': 'later' } })).statusCode, 504);
  const replay = await post(service, { payload: film, headers: { 'idempotency-key': 'later' } });
  t.equal(replay.statusCode, 200);
  t.match(
    replay.json(),
    { state: 'not-analysed', reason: { code: 'deadline' } },
    'a row closes the key, whatever it says',
  );
});

t.test('a full queue and a full budget refuse before they read', async (t) => {
  const service = testService({ settings: { uploadBudgetBytes: 10 } });
  t.teardown(() => service.app.close());
  await assertProblem(t, service, { payload: film }, 503, 'queue-full');
  t.equal((await post(service, { payload: 'tiny' })).statusCode, 201);
  t.equal((await post(service, { payload: 'tiny' })).statusCode, 201, 'bytes held are given back');
  service.log.entries.length = 0;
  service.engine.hasRoomFor = (size) => size < 4;
  await assertProblem(t, service, { payload: 'tiny' }, 503, 'queue-full');
});

t.test("the service's own log holds nothing that points to a patient, and no token", async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const who = await service.as('submitter', 'ris');
  const fields = [
    'patientRef',
    'accessionNumber',
    'studyInstanceUid',
    'seriesInstanceUid',
    'sopInstanceUid',
    'externalId',
  ].map((name) => ({
    name,
    value: `zz-${name}`,
  }));
  await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    ...form(...fields, { ...image, filename: 'zz-file.png' }),
    headers: { ...form().headers, ...who },
  });
  await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: film,
    headers: { ...who, 'x-patient-ref': 'zz-header' },
  });
  await service.app.inject({ url: '/v1/detections?patientRef=zz-query&externalId=zz-query', headers: who });
  await service.app.inject({ url: '/v1/detections?patientRef=zz%00query', headers: who });
  await service.app.inject({ url: '/v1/detections?patientRef=zz-unsound&limit=0', headers: who });
  service.engine.analyse = () => Promise.reject(Object.assign(new Error('fault'), { parameters: ['zz-parameter'] }));
  await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    ...form(...fields, image),
    headers: { ...form().headers, ...who },
  });
  await service.app.inject({ method: 'POST', url: '/v1/tokens', payload: { name: 'anna', password: 'zz-password' } });
  const text = service.logText();
  t.match(text, '"route":"/v1/detections"', 'requests are logged');
  t.match(text, '"err":{', 'and faults with their cause');
  t.notMatch(text, 'zz');
  t.notMatch(text, who.authorization.slice(7));
  t.notMatch(text, 'eyJ', 'nor the head of any token');
});

/** A form as bytes: a field in whatever character set. */
function formWith(field: { readonly name?: string; readonly type?: string; readonly value: string }): Sent {
  const { name = 'patientRef', type, value } = field;
  const { payload, headers } = form({ name: 'FIELD', value: 'VALUE', ...(type === undefined ? {} : { type }) }, image);
  const text = payload.toString('latin1').replace('FIELD', name).replace('VALUE', value);
  return { payload: Buffer.from(text, 'latin1'), headers };
}

t.test('two names that differ in one byte never become one patient', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const refused: [string, Sent][] = [
    ['ISO-8859-1 without saying so', formWith({ value: 'M\xfcller' })],
    ['its sister', formWith({ value: 'M\xf6ller' })],
    ['UTF-8 cut in a character', formWith({ value: 'M\xc3' })],
    ['half of a surrogate pair', formWith({ value: '\xed\xa0\x80' })],
    ['an overlong form', formWith({ value: '\xc0\xaf' })],
    ['ISO-8859-1 that claims to be UTF-8', formWith({ value: 'M\xfcller', type: 'text/plain; charset=utf-8' })],
    ['a character set that nobody knows', formWith({ value: 'M\xfcller', type: 'text/plain; charset=klingon' })],
    ['ASCII that is none', formWith({ value: 'M\xfcller', type: 'text/plain; charset=us-ascii' })],
    ['UTF-16 cut in a pair', formWith({ value: '\0\xd8', type: 'text/plain; charset=utf-16le' })],
    ['a name of a field', formWith({ name: 'patient\xfc', value: 'P' })],
    ['a header', { payload: film, headers: { 'x-patient-ref': 'M\u00fcller' } }],
    ['half of a surrogate pair in a header', { payload: film, headers: { 'x-patient-ref': '\xed\xa0\x80' } }],
  ];
  for (const [what, sent] of refused) {
    const answer = await post(service, sent);
    t.match(answer.json(), { code: 'bad-parameter', status: 400 }, what);
  }
  t.equal(service.log.entries.length, 0);

  const kept: [string, Sent, string][] = [
    ['UTF-8', formWith({ value: Buffer.from('Müller').toString('latin1') }), 'Müller'],
    ['ISO-8859-1 that says so', formWith({ value: 'M\xfcller', type: 'text/plain; charset=iso-8859-1' }), 'Müller'],
    ['in quotes', formWith({ value: 'M\xf6ller', type: 'text/plain; charset="ISO-8859-1"' }), 'Möller'],
    ['windows-1252', formWith({ value: '\x8ei\x9eek', type: 'text/plain; charset=windows-1252' }), 'Žižek'],
    ['windows-1250', formWith({ value: '\x8ei\x9eek', type: 'text/plain; charset=windows-1250' }), 'Žižek'],
    ['ASCII', formWith({ value: 'Miller', type: 'text/plain; charset=US-ASCII' }), 'Miller'],
    ['UTF-16', formWith({ value: 'M\0\xfc\0', type: 'text/plain; charset=utf-16le' }), 'Mü'],
    ['a replacement character that the sender means', formWith({ value: '\xef\xbf\xbd' }), '\ufffd'],
  ];
  for (const [what, sent, patientRef] of kept) {
    t.equal((await post(service, sent)).statusCode, 201, what);
    t.equal(service.log.entries.at(-1)?.references.patientRef, patientRef);
  }
});

t.test('a file whose name is in filename* alone is a file', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const { payload, headers } = form(image);
  const text = payload.toString('latin1').replace(/filename="[^"]*"/, "filename*=utf-8''R%C3%B6ntgen.png");
  t.equal((await post(service, { payload: Buffer.from(text, 'latin1'), headers })).statusCode, 201);
});

t.test('a part in a transfer encoding is refused, not stored as it stands', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const { payload, headers } = form({ name: 'patientRef', value: 'UA==', type: 'TYPE' }, image);
  const text = payload.toString('latin1').replace('TYPE', 'text/plain\r\nContent-Transfer-Encoding: base64');
  await assertProblem(t, service, { payload: Buffer.from(text, 'latin1'), headers }, 400, 'bad-parameter');
});

t.test('a query parameter is refused by name, since fields come with the film', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const headers = await service.as('submitter');
  for (const query of ['model=toy', 'minScore=0.5', 'patientRef=P'])
    t.match(
      (await service.app.inject({ method: 'POST', url: `/v1/detections?${query}`, payload: film, headers })).json(),
      { code: 'bad-parameter', detail: new RegExp(`“${query.split('=')[0]}”`) },
    );
  t.equal(service.log.entries.length, 0);
});
