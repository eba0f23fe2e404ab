import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { analysedWith, film, form, testService, type TestService } from './fakes.js';

/** What only shows on a real connection. */

async function listening(...options: Parameters<typeof testService>) {
  const service = testService(...options);
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  const address = service.app.server.address();
  if (address === null || typeof address === 'string') throw new Error('Not listening on a port');
  return { ...service, port: address.port };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the connection ends. */
async function wholeOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

function problemIn(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function failuresOf(service: TestService, reason: string): Promise<number> {
  const { body } = await service.app.inject({ url: '/metrics', headers: await service.as('operator') });
  return Number(new RegExp(`failures_total\\{reason="${reason}"\\} (\\d+)`).exec(body)?.[1] ?? 0);
}

async function heldBytesOf(service: TestService): Promise<number> {
  const { body } = await service.app.inject({ url: '/metrics', headers: await service.as('operator') });
  return Number(/held_upload_bytes (\d+)/.exec(body)?.[1] ?? 0);
}

t.test('a sender that hangs up in mid-upload leaves nothing behind', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  const head = `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\nidempotency-key: k\r\n`;
  const { payload, headers } = form({ name: 'image', filename: 'f', value: Buffer.alloc(50_000) });
  const cuts = {
    'raw, with a length': `${head}content-type: image/png\r\ncontent-length: 50000\r\n\r\n${'x'.repeat(20_000)}`,
    'raw, in chunks':
      `${head}content-type: image/png\r\ntransfer-encoding: ` + `chunked\r\n\r\n4e20\r\n${'x'.repeat(20_000)}\r\n`,
    'a form':
      `${head}content-type: ${headers['content-type']}\r\ncontent-length: ` +
      `${payload.length}\r\n\r\n${payload.subarray(0, 20_000).toString('latin1')}`,
    'a form, in its head':
      `${head}content-type: ${headers['content-type']}\r\ncontent-length: ` +
      `${payload.length}\r\n\r\n${payload.subarray(0, 30).toString('latin1')}`,
  };
  let gone = 0;
  for (const [what, text] of Object.entries(cuts)) {
    const socket = await opened(service.port);
    socket.write(Buffer.from(text, 'latin1'));
    await until(() => service.app.server.listening && socket.bytesWritten >= text.length);
    socket.destroy();
    gone += 1;
    await until(async () => (await failuresOf(service, 'sender-gone')) === gone);
    t.pass(what);
  }
  t.same(service.engine.films, [], 'nothing was analysed');
  t.same(service.log.entries, [], 'no row');
  t.same(service.log.events, [], 'no event');
  t.equal(service.log.openClaims.size, 0, 'no claim');
  const { body } = await service.app.inject({ url: '/metrics', headers: await service.as('operator') });
  t.match(body, 'lesion_detector_held_upload_bytes 0\n', 'and no memory is held');
});

t.test('a sender that stalls does not keep the service from closing', { timeout: 60_000 }, async (t) => {
  const service = await listening({ settings: { deadlineMs: 100 } });
  const { authorization } = await service.as('submitter');
  const socket = await opened(service.port);
  const gone = once(socket, 'close');
  socket.resume();
  socket.write(
    `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: ` +
      '50000\r\n\r\nthe first bytes',
  );
  await until(async () =>
    (await service.app.inject({ url: '/metrics', headers: await service.as('operator') })).body.includes(
      'lesion_detector_held_upload_bytes 15\n',
    ),
  );
  await Promise.all([service.app.close(), gone]);
  t.same(service.log.entries, [], 'what had not arrived is not analysed');
});

t.test('a film whose sender is gone after the upload is finished and logged all the same', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  let finish = () => {};
  let started = false;
  service.engine.analyse = ({ bytes }) => {
    started = true;
    return new Promise(
      (resolve) =>
        (finish = () => {
          resolve(analysedWith(bytes, 0.9));
        }),
    );
  };
  const { authorization } = await service.as('submitter');
  const socket = await opened(service.port);
  socket.write(
    `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: ` +
      `${film.length}\r\n\r\n${film.toString()}`,
  );
  await until(() => started);
  socket.destroy();
  await once(socket, 'close');
  finish();
  await until(() => service.log.entries.length === 1);
  t.equal(service.log.entries[0]?.report.state, 'findings');
});

t.test('a sender that is too slow is told so, and nothing is kept', async (t) => {
  const service = await listening({ settings: { requestTimeoutMs: 200 } });
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  for (const start of [
    'POST /v1/detections HTT',
    `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: 1000\r\n\r\nabc`,
  ]) {
    const socket = await opened(service.port);
    socket.write(start);
    const answer = await wholeOf(socket);
    t.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
    t.match(problemIn(answer), { code: 'request-timeout', status: 408, instance: /^urn:uuid:/ });
  }
  t.equal(service.log.entries.length + service.log.events.length, 0);
  await until(async () => (await failuresOf(service, 'sender-gone')) === 1);
});

t.test('what is no HTTP is answered as a problem', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const cases: [string, string, number, string][] = [
    ['garbage', '\x16\x03\x01\x02\0\x01', 400, 'bad-request'],
    ['a header with a NUL byte', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-patient-ref: a\0b\r\n\r\n', 400, 'bad-request'],
    [
      'two lengths',
      'POST /v1/detections HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
      'bad-request',
    ],
    [
      'length and chunks',
      'POST /v1/detections HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'bad-request',
    ],
    [
      'headers of 20 kB',
      `GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ];
  for (const [what, text, status, code] of cases) {
    const socket = await opened(service.port);
    socket.write(Buffer.from(text, 'latin1'));
    const answer = await wholeOf(socket);
    t.ok(answer.startsWith(`HTTP/1.1 ${status} `), what);
    t.match(answer, 'content-type: application/problem+json\r\n');
    t.match(problemIn(answer), { code, status });
  }
  t.equal((await service.app.inject('/healthz')).statusCode, 200);
});

t.test('an upload over the limit is answered while it is still being sent', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  const socket = await opened(service.port);
  socket.write(
    `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ntransfer-encoding: ` +
      `chunked\r\n\r\n1d4c0\r\n${'x'.repeat(120_000)}`,
  );
  const first: unknown[] = await once(socket, 'data');
  t.match(String(first[0]), /^HTTP\/1\.1 413 /);
  socket.destroy();
});

t.test('a field that comes in two headers is refused, not joined', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  const socket = await opened(service.port);
  socket.write(
    `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\nx-patient-ref: ` +
      'a\r\nX-Patient-Ref: b\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx',
  );
  t.match(problemIn(await wholeOf(socket)), { code: 'bad-parameter', detail: /more than once/ });
});

t.test('an export that fails on its way is visibly cut', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const headers = await service.as('submitter');
  for (let i = 0; i < 200; i++)
    await service.app.inject({ method: 'POST', url: '/v1/detections', payload: `film ${i}`, headers });
  service.log.streamBreaksAfter = 150;
  const operator = await service.as('operator');
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port: service.port, path: '/v1/detection-exports?format=ndjson', headers: operator }, resolve)
      .on('error', reject)
      .end();
  });
  t.equal(answer.statusCode, 200);
  const chunks: Buffer[] = [];
  const read = async () => {
    for await (const chunk of answer) chunks.push(Buffer.from(chunk as Uint8Array));
  };
  await t.rejects(read(), { code: 'ECONNRESET' }, 'the connection breaks');
  const text = Buffer.concat(chunks).toString();
  t.ok(text.length > 0, 'after some rows');
  t.notMatch(text, '"complete":true', 'and without the last line');
  t.equal((await service.app.inject('/healthz')).statusCode, 200);
});

t.test('closing finishes what is in flight and takes nothing new', async (t) => {
  const service = await listening();
  let finish = () => {};
  let started = false;
  service.engine.analyse = ({ bytes }) => {
    started = true;
    return new Promise(
      (resolve) =>
        (finish = () => {
          resolve(analysedWith(bytes, 0.9));
        }),
    );
  };
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => {
    agent.destroy();
  });
  const headers = { ...(await service.as('submitter')), 'content-length': film.length };
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request({ agent, port: service.port, method: 'POST', path: '/v1/detections', headers }, resolve)
      .on('error', reject)
      .end(film);
  });
  await until(() => started);
  const closed = service.app.close();
  await until(() => service.app.isClosing());
  t.match(
    (await service.app.inject({ method: 'GET', url: '/readyz' }).catch(() => undefined))?.json() ?? {
      code: 'not-ready',
    },
    { code: 'not-ready' },
  );
  finish();
  const answer = await answered;
  t.equal(answer.statusCode, 201);
  t.equal(answer.headers.connection, 'close', 'the keep-alive connection is told to end');
  answer.resume();
  await closed;
  t.equal(service.log.entries.length, 1);
  const late = connect(service.port, '127.0.0.1');
  const errors: unknown[] = await once(late, 'error');
  t.match(errors[0], { code: 'ECONNREFUSED' });
});

t.test('silent senders take nothing, and are cut', async (t) => {
  const service = await listening({ settings: { requestTimeoutMs: 400, uploadBudgetBytes: 200_000 } });
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  const head = `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n`;
  const silent = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const socket = await opened(service.port);
      // It never closes its side.
      socket.on('end', () => undefined);
      socket.write(`${head}content-length: 100000\r\n\r\nab`);
      return socket;
    }),
  );
  const gone = Promise.all(silent.map((socket) => wholeOf(socket)));
  await until(async () => (await heldBytesOf(service)) === 16);
  const other = await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: film,
    headers: await service.as('submitter', 'another'),
  });
  t.equal(other.statusCode, 201, 'an announced size keeps nobody out');
  for (const answer of await gone) t.match(answer, /^HTTP\/1\.1 408 /);
  await until(async () => (await heldBytesOf(service)) === 0);
  t.pass('every byte is given back');
});

t.test('one submitter can not take the memory of all', async (t) => {
  const service = await listening({ settings: { uploadBudgetBytes: 400_000 } });
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter', 'greedy');
  const head = `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n`;
  const sockets: Socket[] = [];
  const answers: string[] = [];
  for (let i = 0; i < 4; i++) {
    const socket = await opened(service.port);
    socket.on('data', (chunk) => answers.push(String(chunk)));
    socket.write(`${head}content-length: 90001\r\n\r\n${'x'.repeat(90_000)}`);
    sockets.push(socket);
  }
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  await until(() => answers.length > 0);
  t.match(answers[0], /^HTTP\/1\.1 503 /);
  t.match(answers[0], 'one submitter may use');
  const other = await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: film,
    headers: await service.as('submitter', 'another'),
  });
  t.equal(other.statusCode, 201);
});

t.test('a form part that is no form-data is refused, however long it is', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  const { payload } = form({ name: 'image', filename: 'f', value: film });
  const good = payload.subarray(0, payload.length - '--\r\n'.length).toString('latin1');
  const filler = 'x'.repeat(60_000);
  const bad = {
    'an attachment alone': `------film\r\nContent-Disposition: attachment\r\n\r\n${filler}\r\n------film--\r\n`,
    'no disposition': `------film\r\nContent-Type: text/plain\r\n\r\n${filler}\r\n------film--\r\n`,
    'no headers at all': `------film\r\n\r\n${filler}\r\n------film--\r\n`,
    'headers without an end': `------film\r\n${filler}\r\n------film--\r\n`,
    'a bare line break in the name':
      '------film\r\nContent-Disposition: form-data; ' + `name="a\nb"\r\n\r\n${filler}\r\n------film--\r\n`,
    'after a good film': `${good}\r\nContent-Disposition: attachment\r\n\r\n${filler}\r\n------film--\r\n`,
  };
  for (const [what, text] of Object.entries(bad)) {
    const socket = await opened(service.port);
    const length = Buffer.byteLength(text, 'latin1');
    socket.write(
      `POST /v1/detections HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\nconnection: close\r\n` +
        `content-type: multipart/form-data; boundary=----film\r\ncontent-length: ${length}\r\n\r\n`,
    );
    const answer = wholeOf(socket);
    // In segments: the parser sees a part begin and end in different chunks.
    for (let at = 0; at < text.length; at += 20_000) {
      socket.write(Buffer.from(text.slice(at, at + 20_000), 'latin1'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.match(problemIn(await answer), { status: 400, code: 'bad-request' }, what);
  }
  const long = form({ name: 'image', filename: 'f', value: Buffer.alloc(90_000, 1) }, { name: 'model', value: '' });
  const whole = await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: long.payload,
    headers: { ...long.headers, authorization },
  });
  t.equal(whole.statusCode, 201, 'a form with long parts of its own is read');
  t.equal(service.engine.films.at(-1)?.length, 90_000);
  t.equal(await heldBytesOf(service), 0, 'nothing is held');
  t.equal(service.log.entries.length, 1);
});

t.test('an address with bytes that are no ASCII is refused, not misread', async (t) => {
  const service = await listening();
  t.teardown(() => service.app.close());
  const { authorization } = await service.as('submitter');
  for (const name of ['M\xfcller', Buffer.from('Müller').toString('latin1'), 'M%FCller', '%ED%A0%80', '50%']) {
    const socket = await opened(service.port);
    const line = `GET /v1/detections?patientRef=${name} HTTP/1.1\r\n`;
    socket.write(
      Buffer.from(`${line}host: x\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`, 'latin1'),
    );
    t.match(problemIn(await wholeOf(socket)), { status: 400 }, JSON.stringify(name));
  }
});
