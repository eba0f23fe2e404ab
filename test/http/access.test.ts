import type { RouteOptions } from 'fastify';
import t from 'tap';
import type { Role } from '../../src/auth/index.js';
import { film, issuer, sha256, sign, spec, testService } from './fakes.js';

const roles: readonly Role[] = ['submitter', 'radiologist', 'operator'];

t.test('every route is refused by default', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const registered: RouteOptions[] = [];
  service.app.addHook('onRoute', (route) => void registered.push(route));
  await service.app.ready();
  const routes = registered.flatMap(({ method, url, config }) =>
    [method].flat().map((each) => ({ method: each, url, roles: config?.roles ?? [], open: config?.open === true })),
  );
  const closed = routes.filter(({ open }) => !open);
  t.same(
    closed
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url}`)
      .sort(),
    [
      'DELETE /v1/images/:sha256',
      'DELETE /v1/session',
      'DELETE /v1/tokens/:jti',
      'GET /metrics',
      'GET /v1/detection-exports',
      'GET /v1/detections',
      'GET /v1/detections/:id',
      'GET /v1/detections/:id/dicom-pr',
      'GET /v1/detections/:id/dicom-sr',
      'GET /v1/detections/:id/film',
      'GET /v1/detections/:id/film.grey16',
      'GET /v1/detections/:id/overlay.svg',
      'GET /v1/detections/:id/preview',
      'GET /v1/detections/:id/priors',
      'GET /v1/detections/:id/proof',
      'GET /v1/detections/:id/references',
      'GET /v1/detections/:id/reviews',
      'GET /v1/detections/:id/thumbnail',
      'GET /v1/detections/tail',
      'GET /v1/log/checkpoints',
      'GET /v1/models',
      'GET /v1/models/:name',
      'GET /v1/session',
      'GET /v1/statistics',
      'GET /v1/statistics/:plot.svg',
      'GET /v1/tokens',
      'GET /v1/users',
      'PATCH /v1/session/password',
      'PATCH /v1/site',
      'PATCH /v1/users/:name',
      'POST /v1/detections',
      'POST /v1/detections/:id/reviews',
      'POST /v1/session/extension',
      'POST /v1/users',
    ],
    'these want a token',
  );
  t.same(
    routes
      .filter(({ open, url, method }) => open && url.startsWith('/v1/') && method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url}`)
      .sort(),
    ['GET /v1/site', 'POST /v1/session', 'POST /v1/sign-ups', 'POST /v1/tokens'],
    'and under /v1 only these do not',
  );

  for (const { method, url: pattern, roles: allowed } of closed) {
    const url = pattern.replace(/:\w+/, 'x');
    const send = (headers: Record<string, string>) => service.app.inject({ method: asMethod(method), url, headers });
    const anonymous = await send({});
    t.equal(anonymous.statusCode, 401, `${method} ${pattern} without a token`);
    t.match(anonymous.headers['www-authenticate'], /^Bearer/);
    for (const role of roles) {
      // Its answer has no end: statistics.test.ts reads along.
      if (pattern === '/v1/detections/tail' && allowed.includes(role)) continue;
      const { statusCode } = await send(await service.as(role));
      t.equal(statusCode === 403, !allowed.includes(role), `${method} ${pattern} as ${role}: ${statusCode}`);
      // Of the session of a caller that has none.
      t.equal(statusCode === 401, pattern.startsWith('/v1/session') && method !== 'PATCH', `${method} ${pattern}`);
      t.not(statusCode, 500);
    }
  }
});

t.test('what changes something is refused to a session without its CSRF token, whichever route it is', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const registered: RouteOptions[] = [];
  service.app.addHook('onRoute', (route) => void registered.push(route));
  await service.app.ready();
  const routes = registered.flatMap(({ method, url, config }) =>
    [method].flat().map((each) => ({ method: each, url, open: config?.open === true, roles: config?.roles ?? [] })),
  );
  const unsafe = routes.filter(({ method, open }) => !open && !['GET', 'HEAD', 'OPTIONS'].includes(method));
  t.ok(unsafe.length >= 9);
  for (const {
    method,
    url: pattern,
    roles: [role = 'operator'],
  } of unsafe) {
    const url = pattern.replace(/:\w+/, 'x');
    const { secret, csrfToken } = await service.sessions.open({ name: 'anna', role, proof: '' });
    const send = (headers: Record<string, string>) =>
      service.app.inject({
        method: asMethod(method),
        url,
        headers: { host: 'localhost', cookie: `session=${secret}`, ...headers },
      });
    for (const [what, headers] of Object.entries({
      'without the token': {},
      'with an empty token': { 'x-csrf-token': '' },
      'with the token of another': {
        'x-csrf-token': (await service.sessions.open({ name: 'anna', role, proof: '' })).csrfToken,
      },
      'with its beginning': { 'x-csrf-token': csrfToken.slice(0, -1) },
      'from another site': { 'x-csrf-token': csrfToken, 'sec-fetch-site': 'cross-site' },
      'from a sibling domain': { 'x-csrf-token': csrfToken, 'sec-fetch-site': 'same-site' },
      'from another origin': { 'x-csrf-token': csrfToken, origin: 'https://evil.example' },
      'from no origin': { 'x-csrf-token': csrfToken, origin: 'null' },
    })) {
      t.match((await send(headers)).json(), { code: 'csrf', status: 403 }, `${method} ${pattern} ${what}`);
    }
    const wanted = await send({
      'x-csrf-token': csrfToken,
      origin: 'http://localhost',
      'sec-fetch-site': 'same-origin',
    });
    t.notMatch(wanted.body, '"csrf"', `${method} ${pattern} with it`);
    const bearer = await service.as(role);
    t.notMatch((await send(bearer)).body, '"csrf"', "with a bearer token it is no browser's doing");
    t.equal(
      (await send({ authorization: 'Bearer garbage', 'x-csrf-token': csrfToken })).statusCode,
      401,
      'a bad token is not mended by a good cookie',
    );
  }
});

t.test('a route that does not say who may call it keeps the service from starting', async (t) => {
  const { app } = testService();
  app.register(async (scope) => {
    await Promise.resolve();
    scope.get('/v1/forgotten', () => 'open to all');
  });
  await t.rejects(
    async () => {
      await app.ready();
    },
    { message: 'GET /v1/forgotten states neither its roles nor that it is open.' },
  );
});

t.test('no bad token is believed', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  service.accounts.tokens.set('live', { subject: 'ris', role: 'operator', revoked: false });
  const iat = Math.floor(Date.now() / 1000);
  const good = { iss: issuer, sub: 'ris', role: 'operator', jti: 'live', iat, exp: iat + 600 };
  const get = (authorization: string) => service.app.inject({ url: '/v1/models', headers: { authorization } });
  t.equal((await get(`Bearer ${sign(good)}`)).statusCode, 200, 'the good one is');

  const { exp: _exp, ...withoutExp } = good;
  const { jti: _jti, ...withoutJti } = good;
  const [head, body, signature] = sign(good).split('.');
  const bad: Record<string, string> = {
    'nothing after Bearer': 'Bearer ',
    'another scheme': 'Basic cmlzOnJpcw==',
    garbage: 'Bearer garbage',
    'three dots': 'Bearer ...',
    'alg none': `Bearer ${sign(good, { algorithm: 'none' })}`,
    'HS512 with our key': `Bearer ${sign(good, { algorithm: 'HS512' })}`,
    'a foreign key': `Bearer ${sign(good, { key: 'f'.repeat(32) })}`,
    'an unknown kid': `Bearer ${sign(good, { kid: 'other' })}`,
    'kid __proto__': `Bearer ${sign(good, { kid: '__proto__' })}`,
    'kid constructor': `Bearer ${sign(good, { kid: 'constructor' })}`,
    expired: `Bearer ${sign({ ...good, iat: iat - 600, exp: iat - 1 })}`,
    'without exp': `Bearer ${sign(withoutExp)}`,
    'without jti': `Bearer ${sign(withoutJti)}`,
    'another issuer': `Bearer ${sign({ ...good, iss: 'elsewhere' })}`,
    'a role that is none': `Bearer ${sign({ ...good, role: 'root' })}`,
    'a jti that was never issued': `Bearer ${sign({ ...good, jti: 'dead' })}`,
    'a body of another token': `Bearer ${head!}.${Buffer.from('{}').toString('base64url')}.${signature!}`,
    'a signature cut short': `Bearer ${head!}.${body!}.${signature!.slice(0, -2)}`,
    'no signature': `Bearer ${head!}.${body!}.`,
  };
  for (const [what, authorization] of Object.entries(bad)) {
    const answer = await get(authorization);
    t.equal(answer.statusCode, 401, what);
    t.match(
      answer.json(),
      { code: 'unauthenticated', detail: 'A valid bearer token is needed.' },
      'and the answer does not say why',
    );
    t.match(answer.headers['www-authenticate'], /^Bearer/);
  }
});

t.test('log-in gives a token, and revoking it ends it at once', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const { app } = service;
  const logIn = (payload: object | string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/v1/tokens', payload, headers: { 'content-type': type } });
  const answer = await logIn({ name: 'anna', password: 'correct horse battery' });
  t.equal(answer.statusCode, 201);
  t.equal(answer.headers['cache-control'], 'no-store');
  const { token, jti } = answer.json<{ token: string; jti: string }>();
  t.match(answer.json(), { tokenType: 'Bearer', role: 'radiologist', expiresAt: /Z$/ });
  const anna = { authorization: `Bearer ${token}` };
  t.equal((await app.inject({ url: '/v1/models', headers: anna })).statusCode, 200);

  const revoke = (headers: { authorization: string }, id = jti) =>
    app.inject({ method: 'DELETE', url: `/v1/tokens/${id}`, headers });
  t.match((await revoke(await service.as('submitter', 'ris'))).json(), { code: 'not-found' }, 'another may not');
  t.equal((await app.inject({ url: '/v1/models', headers: anna })).statusCode, 200);
  t.equal((await revoke(anna)).statusCode, 204, 'its owner may');
  t.equal((await app.inject({ url: '/v1/models', headers: anna })).statusCode, 401);
  t.equal((await revoke(await service.as('operator'))).statusCode, 404, 'it is gone');
  const other = await service.accounts.issueToken({ subject: 'ris', role: 'submitter', lifetimeS: 60 });
  t.equal((await revoke(await service.as('operator'), other.jti)).statusCode, 204, "an operator may revoke anyone's");
  t.equal((await revoke(await service.as('operator'), 'a%00b')).statusCode, 400);
  t.strictSame(service.accounts.acts, ['token-issued', 'token-revoked', 'token-revoked'], 'on record with who did it');

  for (const [what, payload, type] of [
    ['no JSON', '{', 'application/json'],
    ['nothing', '', 'application/json'],
    ['another type', 'name=anna', 'application/x-www-form-urlencoded'],
  ] as const) {
    t.match((await logIn(payload, type)).json(), { code: 'bad-request', status: 400 }, what);
  }
  t.match((await logIn({ name: 'anna' })).json(), { code: 'bad-parameter', detail: /password/ });
  t.match((await logIn({ name: 'anna', password: 'x', role: 'operator' })).json(), {
    code: 'bad-parameter',
    detail: /role/,
  });
  t.match((await logIn({ name: 'an\0na', password: 'x' })).json(), { code: 'bad-parameter', detail: /name/ });
  t.match((await logIn({ name: 'anna', password: 'x'.repeat(70_000) })).json(), {
    code: 'upload-too-large',
    status: 413,
  });
});

t.test('log-in attempts are limited by name and by address, and failures are on record', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const logIn = (name: string) =>
    service.app.inject({ method: 'POST', url: '/v1/tokens', payload: { name, password: 'guess' } });
  const codes: string[] = [];
  for (let i = 0; i < 6; i++) codes.push((await logIn('anna')).json<{ code: string }>().code);
  t.same(codes, [...Array<string>(5).fill('unauthenticated'), 'rate-limited']);
  const limited = await logIn('anna');
  t.equal(limited.statusCode, 429);
  t.ok(Number(limited.headers['retry-after']) > 0);
  t.equal((await logIn('bert')).statusCode, 401, 'another name is not held back by it');
  t.match(service.log.events[0], { code: 'login-failed', actor: 'anna', address: '127.0.0.1' });
  t.equal(service.log.events.length, 6);
  for (let i = 0; i < 42; i++) await logIn(`name${i}`);
  t.equal((await logIn('carl')).statusCode, 429, 'until the address has had its share');
});

t.test('however the characters of a name were composed, its attempts are counted together', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) {
    const name = 'Zoë-Åsa'.normalize(i % 2 === 0 ? 'NFC' : 'NFD');
    const payload = { name, password: 'guess' };
    statuses.push((await service.app.inject({ method: 'POST', url: '/v1/session', payload })).statusCode);
  }
  t.same(statuses, [401, 401, 401, 401, 401, 429]);
});

t.test('a replica counts the attempts at another one', async (t) => {
  const first = testService();
  const second = testService({ dependencies: { accounts: first.accounts } });
  t.teardown(() => Promise.all([first.app.close(), second.app.close()]));
  const logIn = async ({ app }: typeof first, remoteAddress: string) =>
    app.inject({ method: 'POST', url: '/v1/session', payload: { name: 'anna', password: 'guess' }, remoteAddress });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await logIn(i % 2 === 0 ? first : second, `2001:db8::${i}`)).statusCode);
  t.same(statuses, [401, 401, 401, 401, 401, 429]);
  const limited = await logIn(first, '2001:db8::9');
  t.match(limited.json(), { code: 'rate-limited' });
  t.ok(Number(limited.headers['retry-after']) > 0);
  t.equal((await logIn(first, '2001:db8:0:1::1')).statusCode, 401, 'another network is not held back');
});

t.test('models are shown with what has to be known of them', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const headers = await service.as('submitter');
  const list = await service.app.inject({ url: '/v1/models', headers });
  t.match(list.json(), {
    items: [
      {
        name: 'toy',
        default: true,
        provider: 'cpu',
        lookedFor: ['opacity'],
        licence: 'CC0-1.0',
        classes: [{ name: 'opacity', title: 'Opacity', role: 'lesion' }],
        specSha256: sha256(JSON.stringify(spec)),
      },
    ],
  });
  const one = await service.app.inject({ url: '/v1/models/toy', headers });
  t.match(one.json(), { name: 'toy', card: '# Toy\n', spec: { nms: { iou: 0.45 } }, onnxSha256: 'a'.repeat(64) });
  t.match((await service.app.inject({ url: '/v1/models/nope', headers })).json(), {
    code: 'unknown-model',
    status: 404,
  });
  t.match((await service.app.inject({ url: '/v1/models?x=1', headers })).json(), {
    code: 'bad-parameter',
    detail: /“x”/,
  });
});

t.test('readiness names what is missing', async (t) => {
  const service = testService({ settings: { metricsAccess: 'open' } });
  t.teardown(() => service.app.close());
  const ready = () => service.app.inject('/readyz');
  t.match((await ready()).json(), {
    status: 'ready',
    engine: { state: 'ready', provider: 'cpu' },
    database: { kind: 'embedded', durability: 'survives a killed process, not a power cut', state: 'ready' },
    models: [{ name: 'toy', default: true }],
  });
  service.engine.state = 'restarting';
  const restarting = await ready();
  t.equal(restarting.statusCode, 503);
  t.match(restarting.json(), { code: 'not-ready', detail: /engine is restarting/, engine: { state: 'restarting' } });
  service.log.down = true;
  t.match((await ready()).json(), {
    code: 'not-ready',
    detail: /log can't be written/,
    database: { state: 'unavailable' },
  });
  t.equal((await service.app.inject('/healthz')).statusCode, 200);
});

t.test('metrics come in OpenMetrics where that is asked for', async (t) => {
  const service = testService({ settings: { metricsAccess: 'open' } });
  t.teardown(() => service.app.close());
  await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: film,
    headers: await service.as('submitter'),
  });
  for (const observer of service.engine.observers) {
    observer.onRestart?.('runner', 'crash');
    observer.onBatch?.({ model: 'toy', films: 3 });
  }
  const open = await service.app.inject({
    url: '/metrics',
    headers: { accept: 'application/openmetrics-text; version=1.0.0' },
  });
  t.match(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0');
  t.match(open.body, /# EOF\n$/);
  t.match(
    open.body,
    /# TYPE lesion_detector_detections counter\nlesion_detector_detections_total\{state="findings",model="toy"\} 1\n/,
  );
  const plain = await service.app.inject('/metrics');
  t.match(plain.headers['content-type'], 'text/plain; version=0.0.4');
  t.match(plain.body, '# TYPE lesion_detector_detections_total counter\n');
  t.notMatch(plain.body, '# EOF');
  t.match(plain.body, 'lesion_detector_http_requests_total{method="POST",route="/v1/detections",status="201"} 1\n');
  t.match(plain.body, 'lesion_detector_child_restarts_total{child="runner",reason="crash"} 1\n');
  t.match(plain.body, 'lesion_detector_child_restarts_total{child="decoder",reason="deadline"} 0\n');
  t.match(plain.body, 'lesion_detector_ready_children{child="runner"} 2\n');
  t.match(plain.body, 'lesion_detector_batch_films_sum 3\n');
  t.match(plain.body, 'lesion_detector_provider_info{provider="cpu",version="0.0.0"} 1\n');
  t.match(plain.body, `lesion_detector_upload_bytes_sum ${film.length}\n`);
  t.match(plain.body, 'lesion_detector_held_upload_bytes 0\n', 'what was held is given back');
});

t.test('unknown paths and wrong methods are problems, too', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const ask = (method: 'GET' | 'PUT' | 'PATCH' | 'DELETE', url: string) => service.app.inject({ method, url });
  t.match((await ask('GET', '/nowhere')).json(), { code: 'not-found', status: 404 });
  t.match((await ask('GET', '/v1/nowhere')).json(), { code: 'not-found', status: 404 });
  const wrong = await ask('DELETE', '/v1/detections?x=1');
  t.match(wrong.json(), { code: 'method-not-allowed', status: 405 });
  t.equal(wrong.headers.allow, 'GET, HEAD, POST');
  const withParameter = await ask('PATCH', '/v1/detections/0198f0c2-0000-7000-8000-000000000000');
  t.match(withParameter.json(), { code: 'method-not-allowed', status: 405 });
  t.equal(withParameter.headers.allow, 'GET, HEAD');
  t.match((await ask('GET', '/%zz')).json(), { code: 'bad-request', status: 400 });
  t.match((await ask('GET', `/v1/models/${'x'.repeat(300)}`)).json(), { code: 'bad-request', status: 400 });
});

t.test('requests keep the names that their callers gave them', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const named = await service.app.inject({
    url: '/nowhere',
    headers: { 'x-request-id': 'ris.42-a', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  t.equal(named.headers['x-request-id'], 'ris.42-a');
  t.match(named.headers['traceparent'], new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  t.match(service.logText(), `"traceId":"${traceId}"`);
  t.match(service.logText(), '"clientRequestId":"ris.42-a"');
  const unsound = await service.app.inject({
    url: '/nowhere',
    headers: { 'x-request-id': 'a b\tc', traceparent: '00-zz' },
  });
  const { instance } = unsound.json<{ instance: string }>();
  t.equal(`urn:uuid:${String(unsound.headers['x-request-id'])}`, instance);
  t.equal(unsound.headers['traceparent'], undefined);
});

t.test('browsers of other origins are let in by setting only', async (t) => {
  const closed = testService();
  const open = testService({ settings: { corsOrigins: ['https://viewer.example'] } });
  t.teardown(() => Promise.all([closed.app.close(), open.app.close()]));
  const ask = (service: typeof open, origin: string) => service.app.inject({ url: '/healthz', headers: { origin } });
  t.equal((await ask(closed, 'https://viewer.example')).headers['access-control-allow-origin'], undefined);
  t.equal((await ask(open, 'https://viewer.example')).headers['access-control-allow-origin'], 'https://viewer.example');
  t.equal((await ask(open, 'https://evil.example')).headers['access-control-allow-origin'], undefined);
  const preflight = await open.app.inject({
    method: 'OPTIONS',
    url: '/v1/detections',
    headers: {
      origin: 'https://viewer.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  t.equal(preflight.statusCode, 204);
  const { headers } = await closed.app.inject('/healthz');
  t.match(headers['content-security-policy'], "default-src 'none'");
  t.equal(headers['x-content-type-options'], 'nosniff');
});

function asMethod(method: string): 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE' {
  if (method === 'GET' || method === 'HEAD' || method === 'POST' || method === 'PATCH' || method === 'DELETE')
    return method;
  throw new Error(`No test for ${method}`);
}
