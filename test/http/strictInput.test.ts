import t from 'tap';
import { testService } from './fakes.js';

t.test('a JSON body is taken by its own types', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const headers = { ...(await service.as('operator')), 'content-type': 'application/json' };
  const cases: [method: 'PATCH' | 'POST', url: string, payload: string, field: string][] = [
    ['PATCH', '/v1/users/x', '{"disabled":null}', 'disabled'],
    ['PATCH', '/v1/users/x', '{"disabled":0}', 'disabled'],
    ['PATCH', '/v1/users/x', '{"disabled":"true"}', 'disabled'],
    ['PATCH', '/v1/users/x', '{"approved":1}', 'approved'],
    ['PATCH', '/v1/users/x', '{"role":["operator"]}', 'role'],
    ['PATCH', '/v1/site', '{"signUp":null}', 'signUp'],
    ['POST', '/v1/users', '{"name":123,"role":"operator","password":"correct horse battery"}', 'name'],
    ['POST', '/v1/tokens', '{"name":"anna","password":12345678901234}', 'password'],
    ['POST', '/v1/tokens', '{"expiresInDays":"3"}', 'expiresInDays'],
  ];
  for (const [method, url, payload, field] of cases) {
    const answer = await service.app.inject({ method, url, payload, headers });
    t.match(answer.json(), { status: 400, code: 'bad-parameter', detail: field }, payload);
  }
  const list = await service.app.inject({ url: '/v1/detections?limit=10&minFilmScore=0.5', headers });
  t.equal(list.statusCode, 200, 'numbers are read from a query, which is text');
});

t.test('text in a JSON body is UTF-8, and whole', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const headers = { 'content-type': 'application/json' };
  const bodies: [string, Buffer, string][] = [
    ['ISO-8859-1', Buffer.from('{"name":"M\xfcller","password":"x"}', 'latin1'), 'bad-parameter'],
    ['half of a surrogate pair', Buffer.from('{"name":"\\ud800","password":"x"}'), 'bad-parameter'],
    ['in a name of a member', Buffer.from('{"\\ud800":"x"}'), 'bad-parameter'],
    ['not JSON', Buffer.from('{"name"'), 'bad-request'],
    ['empty', Buffer.from(''), 'bad-request'],
  ];
  for (const [what, payload, code] of bodies) {
    const answer = await service.app.inject({ method: 'POST', url: '/v1/tokens', payload, headers });
    t.match(answer.json(), { status: 400, code }, what);
  }
  const payload = JSON.stringify({ name: '𝄞', password: 'x' });
  const whole = await service.app.inject({ method: 'POST', url: '/v1/tokens', payload, headers });
  t.match(whole.json(), { code: 'unauthenticated' }, 'a whole pair is a character');
});

t.test('a call without parameters takes none', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const headers = await service.as('operator');
  const user = { name: 'x', role: 'operator', password: 'correct horse battery' };
  const calls: ['GET' | 'POST' | 'PATCH' | 'DELETE', string, object?][] = [
    ['GET', '/v1/site'],
    ['GET', '/v1/users'],
    ['PATCH', '/v1/users/x', { disabled: true }],
    ['POST', '/v1/users', user],
    ['GET', '/v1/session'],
    ['DELETE', '/v1/tokens/00000000-0000-4000-8000-000000000000'],
    ['DELETE', `/v1/images/${'a'.repeat(64)}`],
  ];
  for (const [method, url, payload] of calls) {
    const sent = { method, url: `${url}?dryRun=true`, headers, ...(payload !== undefined && { payload }) };
    const answer = await service.app.inject(sent);
    t.match(answer.json(), { code: 'bad-parameter', detail: /“dryRun”/ }, `${method} ${url}`);
  }
});

t.test('those who ask for readiness at once share one heartbeat', async (t) => {
  const service = testService({ settings: { heartbeatEveryMs: 60_000 } });
  t.teardown(() => service.app.close());
  let beats = 0;
  service.log.ping = () => {
    beats += 1;
    return Promise.resolve();
  };
  const answers = await Promise.all(Array.from({ length: 40 }, () => service.app.inject('/readyz')));
  t.ok(answers.every(({ statusCode }) => statusCode === 200));
  t.equal(beats, 1);
});
