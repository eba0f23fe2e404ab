import t, { type Test } from 'tap';
import { type Database, openDatabase } from '../../src/database/index.js';
import { createAccounts, createSessions } from '../../src/auth/index.js';
import { createSite } from '../../src/site/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { onEachBackend } from '../backends.js';
import { keys, testService } from './fakes.js';

/** Signing in at the page, accounts and tokens, on the databases that they will run on. */

const password = 'correct horse battery';

interface SessionBody {
  readonly user: { readonly name: string; readonly role: string };
  readonly csrfToken: string;
  readonly expiresAt: string;
}

/** A browser on this machine: it keeps its cookie and sends the token of its session. */
class Browser {
  cookie = '';
  csrfToken = '';

  constructor(
    readonly app: ReturnType<typeof testService>['app'],
    readonly host = 'localhost',
  ) {}

  async send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) {
    const answer = await this.app.inject({
      method,
      url,
      ...(payload === undefined ? {} : { payload }),
      headers: {
        host: this.host,
        'sec-fetch-site': 'same-origin',
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.csrfToken === '' ? {} : { 'x-csrf-token': this.csrfToken }),
        ...headers,
      },
    });
    const [set] = [answer.headers['set-cookie']].flat();
    const value = /^((?:__Host-)?session=[^;]+)/.exec(set ?? '')?.[1];
    if (value !== undefined) this.cookie = value;
    if (answer.statusCode === 200 && answer.body.includes('csrfToken'))
      this.csrfToken = answer.json<SessionBody>().csrfToken;
    return answer;
  }

  signIn(name: string, word = password) {
    return this.send('POST', '/v1/session', { name, password: word });
  }
}

function serviceOn(t: Test, database: Database, { idleMinutes = 30, trustedProxies = [] as readonly string[] } = {}) {
  const log = createDetectionLog(database);
  const accounts = createAccounts(database, keys);
  const sessions = createSessions(database, { idleMinutes });
  const service = testService({
    settings: { trustedProxies, rateLimits: { logInsPerMinute: 100 } },
    dependencies: { log, accounts, sessions, site: createSite(database) },
  });
  t.teardown(() => service.app.close());
  return { ...service, accounts, database, browser: (host?: string) => new Browser(service.app, host) };
}

async function auditOf(database: Database) {
  return database.kysely.selectFrom('audit_events').select(['code', 'actor', 'detail']).orderBy('id').execute();
}

/** Whose address is not on record, or another than that of the tests. */
async function unaddressedEvents(database: Database) {
  const events = database.kysely.selectFrom('audit_events').select(['code', 'actor', 'address']);
  return events.where('address', 'is distinct from', '127.0.0.1').execute();
}

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const accounts = createAccounts(database, keys);
  await accounts.addUser({ name: 'anna', role: 'radiologist', password });
  await accounts.addUser({ name: 'olga', role: 'operator', password });

  await t.test('a person signs in, asks, and signs out', (t) => comesAndGoes(t, database));
  await t.test("the cookie can't be read, sent along or taken over", (t) => cookies(t, database));
  await t.test('a session ends when it is not used, when its user may not sign in, and with the password', (t) =>
    ends(t, database),
  );
  await t.test('who may not sign in is told one thing', (t) => oneWording(t, database));
  await t.test('sign-up waits for an operator, and tells nobody which names are taken', (t) => signUp(t, database));
  await t.test('operators manage accounts, and one of them always stays', (t) => users(t, database));
  await t.test('tokens are made in a session, shown once, and listed', (t) => tokens(t, database));
  await t.test('whatever was done over the network is on record with its address', async (t) => {
    const codes = new Set((await auditOf(database)).map(({ code }) => code));
    for (const code of ['signed-in', 'signed-out', 'login-failed', 'signed-up', 'site-changed', 'token-issued'])
      t.ok(codes.has(code), code);
    t.strictSame(await unaddressedEvents(database), []);
  });
});

async function comesAndGoes(t: Test, database: Database): Promise<void> {
  const { browser } = serviceOn(t, database);
  const anna = browser();
  t.match((await anna.send('GET', '/v1/session')).json(), { code: 'unauthenticated', status: 401 });
  const signedIn = await anna.signIn('anna');
  t.equal(signedIn.statusCode, 200);
  t.match(signedIn.json(), { user: { name: 'anna', role: 'radiologist' }, csrfToken: /^[\w-]{43}$/, expiresAt: /Z$/ });
  t.same((await anna.send('GET', '/v1/session')).json(), signedIn.json());
  const models = await anna.send('GET', '/v1/models');
  t.equal(models.statusCode, 200, 'other routes take it as well');
  t.equal(models.headers['x-session-expires-at'], signedIn.json<SessionBody>().expiresAt, 'and say how long it lasts');
  t.match((await anna.send('GET', '/v1/users')).json(), { code: 'forbidden' }, 'its role counts');

  const second = browser();
  await second.signIn('anna');
  const out = await anna.send('DELETE', '/v1/session');
  t.equal(out.statusCode, 204);
  t.match(
    [out.headers['set-cookie']].flat().join('\n'),
    /^session=;.*(Expires=Thu, 01 Jan 1970|Max-Age=0)/m,
    'the cookie is cleared',
  );
  t.equal(out.headers['clear-site-data'], '"cache"', 'and films are taken out of the browser');
  t.equal((await anna.send('GET', '/v1/models')).statusCode, 401, 'the old cookie is worth nothing');
  t.equal((await second.send('GET', '/v1/models')).statusCode, 200, "another browser's session goes on");
  t.match(
    (await auditOf(database)).map(({ code }) => code).filter((code) => code.startsWith('signed')),
    ['signed-in', 'signed-in', 'signed-out'],
  );
}

async function cookies(t: Test, database: Database): Promise<void> {
  const { app, browser, logText } = serviceOn(t, database, { trustedProxies: ['127.0.0.1'] });
  const onMachine = await browser().signIn('anna');
  t.match(String(onMachine.headers['set-cookie']), /^session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const secure = await browser('films.hospital').send(
    'POST',
    '/v1/session',
    { name: 'anna', password },
    { 'x-forwarded-proto': 'https' },
  );
  t.match(
    String(secure.headers['set-cookie']),
    /^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const byOrigin = await browser('films.hospital').send(
    'POST',
    '/v1/session',
    { name: 'anna', password },
    { origin: 'https://films.hospital' },
  );
  t.match(
    String(byOrigin.headers['set-cookie']),
    /^__Host-session=/,
    "TLS that ends at a proxy which is not named is seen by the page's own address",
  );
  const inTheClear = await browser('films.hospital').signIn('anna');
  t.match(inTheClear.json(), { code: 'forbidden', detail: /HTTPS/ }, 'never over a network in the clear');
  t.equal(inTheClear.headers['set-cookie'], undefined);

  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
    t.match(
      (await browser().send('POST', '/v1/session', { name: 'anna', password }, headers)).json(),
      { code: 'csrf' },
      'no other site signs its visitors in here',
    );
  }
  t.match(
    (
      await app.inject({
        method: 'POST',
        url: '/v1/session',
        payload: { name: 'anna', password },
        headers: { host: 'localhost', origin: 'http://localhost.evil.example' },
      })
    ).json(),
    { code: 'csrf' },
  );

  // Fixation: a secret that an attacker planted is not the one that is signed in.
  const planted = browser();
  planted.cookie = 'session=planted-by-somebody-else';
  await planted.signIn('anna');
  t.not(planted.cookie, 'session=planted-by-somebody-else');
  t.equal(
    (
      await app.inject({
        url: '/v1/session',
        headers: { host: 'localhost', cookie: 'session=planted-by-somebody-else' },
      })
    ).statusCode,
    401,
  );
  const before = planted.cookie;
  await planted.signIn('anna');
  t.not(planted.cookie, before, 'a new one at every sign-in');
  t.equal(
    (await app.inject({ url: '/v1/session', headers: { host: 'localhost', cookie: before } })).statusCode,
    401,
    'and the one before has ended',
  );
  t.equal(
    (await app.inject({ url: '/v1/session', headers: { host: 'films.hospital', cookie: planted.cookie } })).statusCode,
    401,
    'the name without prefix is believed on this machine only',
  );

  const secret = planted.cookie.replace('session=', '');
  t.notOk(
    (await database.kysely.selectFrom('sessions').select('secret_sha256').execute()).some(
      (row) => row.secret_sha256 === secret,
    ),
    'the database knows its hash only',
  );
  t.notMatch(logText(), secret, "and the service's log nothing of it");
  t.notMatch(logText(), password);
}

async function ends(t: Test, database: Database): Promise<void> {
  const { accounts, browser } = serviceOn(t, database);
  await accounts.addUser({ name: 'ends', role: 'radiologist', password });
  const ask = async (who: Browser) => (await who.send('GET', '/v1/models')).statusCode;
  const rewind = (minutes: number) =>
    database.kysely
      .updateTable('sessions')
      .set((eb) => ({ expires_at: eb.val(new Date(Date.now() + minutes * 60_000)) }))
      .where('user_name', '=', 'ends')
      .execute();

  const person = browser();
  await person.signIn('ends');
  await rewind(10);
  const before = (await person.send('GET', '/v1/session')).json<SessionBody>().expiresAt;
  t.equal(
    (await person.send('GET', '/v1/session')).json<SessionBody>().expiresAt,
    before,
    'asking how long it lasts is no use of it',
  );
  const unattended = { 'x-unattended': '1' };
  t.equal((await person.send('GET', '/v1/models', undefined, unattended)).headers['x-session-expires-at'], before);
  t.equal(
    (await person.send('GET', '/v1/session')).json<SessionBody>().expiresAt,
    before,
    'nor is what the page asks by itself, while nobody may sit before it',
  );
  const extended = (await person.send('POST', '/v1/session/extension')).json<SessionBody>();
  t.ok(Date.parse(extended.expiresAt) - Date.parse(before) > 19 * 60_000, 'use moves its end on');
  await database.kysely
    .updateTable('sessions')
    .set({ expires_at: new Date(Date.now() + 60_000), ends_at: new Date(Date.now() + 120_000) })
    .where('user_name', '=', 'ends')
    .execute();
  const last = (await person.send('POST', '/v1/session/extension')).json<SessionBody>();
  t.ok(Date.parse(last.expiresAt) <= Date.now() + 120_000, 'but not beyond twelve hours after the sign-in');
  await rewind(-0.01);
  t.match((await person.send('GET', '/v1/models')).json(), { code: 'unauthenticated', detail: /session has ended/ });

  await person.signIn('ends');
  t.equal(await ask(person), 200);
  await accounts.updateUser('ends', { role: 'operator' });
  t.equal(await ask(person), 401, 'a new role');
  await person.signIn('ends');
  await accounts.disableUser('ends');
  t.equal(await ask(person), 401, 'a disabled account');
  await accounts.updateUser('ends', { disabled: false });
  t.equal(await ask(person), 401, 'which does not come back to life');

  await person.signIn('ends');
  const elsewhere = browser();
  await elsewhere.signIn('ends');
  const token = (await person.send('POST', '/v1/tokens', {})).json<{ token: string }>().token;
  const change = (current: string, next: string) => person.send('PATCH', '/v1/session/password', { current, next });
  t.match((await change('wrong horse battery', 'another long password')).json(), {
    code: 'wrong-password',
    status: 403,
  });
  t.match((await change(password, 'short')).json(), { code: 'bad-parameter', detail: /fewer than 12 characters/ });
  t.equal(await ask(person), 200);
  const old = person.cookie;
  t.match((await change(password, 'another long password')).json(), { user: { name: 'ends' } });
  t.equal(await ask(person), 200, 'who changed it goes on in a new session');
  t.not(person.cookie, old);
  t.equal(await ask(elsewhere), 401, 'all others have ended');
  t.equal(
    (await person.app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${token}` } })).statusCode,
    401,
    'tokens, too',
  );
  t.equal((await person.signIn('ends')).statusCode, 401);
}

async function oneWording(t: Test, database: Database): Promise<void> {
  const { accounts, browser, app } = serviceOn(t, database);
  await accounts.addUser({ name: 'disabled', role: 'radiologist', password });
  await accounts.disableUser('disabled');
  await accounts.signUp({ name: 'waits', password });
  const details = new Set<string>();
  for (const [name, word] of [
    ['nobody', password],
    ['anna', 'wrong horse battery'],
    ['disabled', 'wrong horse battery'],
    ['waits', 'wrong horse battery'],
    ["anna' --", password],
  ] as const) {
    const answer = await browser().signIn(name, word);
    t.equal(answer.statusCode, 401, name);
    t.equal(answer.headers['set-cookie'], undefined);
    details.add(answer.json<{ detail: string }>().detail);
  }
  t.equal(details.size, 1);
  for (const [name, code, says] of [
    ['waits', 'awaiting-approval', /waiting for approval/],
    ['disabled', 'account-disabled', /disabled/],
  ] as const) {
    const answer = await browser().signIn(name);
    t.match(answer.json(), { status: 401, code, detail: says }, 'only who gave the right password is told why');
    t.equal(answer.headers['set-cookie'], undefined);
  }
  t.match(
    (
      await app.inject({
        method: 'POST',
        url: '/v1/session',
        payload: { name: 'an\nna', password },
        headers: { host: 'localhost' },
      })
    ).json(),
    { code: 'bad-parameter' },
    'no line of a log is made up',
  );
}

async function signUp(t: Test, database: Database): Promise<void> {
  const { browser } = serviceOn(t, database);
  const olga = browser();
  await olga.signIn('olga');
  const ask = (name: string, word = password) => browser().send('POST', '/v1/sign-ups', { name, password: word });
  t.match((await browser().send('GET', '/v1/site')).json(), { signUp: false }, 'off unless somebody switches it on');
  t.match((await ask('carl')).json(), { code: 'not-found' });
  t.match((await olga.send('PATCH', '/v1/site', { signUp: true })).json(), { signUp: true, model: { name: 'toy' } });
  const taken = await ask('anna');
  const free = await ask('carl');
  t.equal(free.statusCode, 202);
  t.same([taken.statusCode, taken.body], [free.statusCode, free.body]);
  t.equal((await ask('carl', 'a different password')).statusCode, 202);
  t.match((await ask('dora', 'short')).json(), { code: 'bad-parameter' });
  t.equal((await browser().signIn('carl')).statusCode, 401, 'nobody gets in before an operator says so');
  t.equal((await browser().signIn('anna')).statusCode, 200, 'whose name was asked for notices nothing');

  const list = async () =>
    (await olga.send('GET', '/v1/users')).json<{
      items: { name: string; awaitingApproval: boolean; disabled: boolean }[];
    }>().items;
  t.match(
    (await list()).find(({ name }) => name === 'carl'),
    { role: 'submitter', awaitingApproval: true, disabled: false, lastSeenAt: null },
    'with the least rights',
  );
  t.match(
    (await olga.send('PATCH', '/v1/users/carl', { disabled: false })).json(),
    { awaitingApproval: true },
    'enabling is not approving',
  );
  t.equal((await browser().signIn('carl')).statusCode, 401);
  t.match((await olga.send('PATCH', '/v1/users/carl', { approved: true, role: 'radiologist' })).json(), {
    role: 'radiologist',
    awaitingApproval: false,
    disabled: false,
  });
  t.equal((await browser().signIn('carl')).statusCode, 200);
  await ask('eve');
  t.match(
    (await olga.send('PATCH', '/v1/users/eve', { disabled: true })).json(),
    { awaitingApproval: false, disabled: true },
    'or it is refused',
  );
  t.match(
    (await olga.send('PATCH', '/v1/users/eve', { approved: true })).json(),
    { disabled: true },
    'which a late approval does not undo',
  );
  t.equal((await browser().signIn('eve')).statusCode, 401);
  await olga.send('PATCH', '/v1/site', { signUp: false });
  t.match((await ask('fred')).json(), { code: 'not-found' });
  const events = (await auditOf(database)).filter(
    ({ code }) => code.startsWith('sign-up') || code === 'signed-up' || code === 'site-changed',
  );
  t.match(
    events.map(({ code, actor }) => `${code} ${actor ?? ''}`),
    [
      'site-changed olga',
      'sign-up-of-taken-name anna',
      'signed-up carl',
      'sign-up-of-taken-name carl',
      'signed-up eve',
      'site-changed olga',
    ],
  );
}

async function users(t: Test, database: Database): Promise<void> {
  const { browser } = serviceOn(t, database);
  const olga = browser();
  await olga.signIn('olga');
  const operators = (await olga.send('GET', '/v1/users'))
    .json<{ items: { name: string; role: string }[] }>()
    .items.filter(({ role }) => role === 'operator');
  for (const { name } of operators)
    if (name !== 'olga') await olga.send('PATCH', `/v1/users/${name}`, { role: 'radiologist' });

  t.match((await olga.send('POST', '/v1/users', { name: 'new', role: 'radiologist', password })).json(), {
    name: 'new',
    role: 'radiologist',
    disabled: false,
    awaitingApproval: false,
  });
  t.match((await olga.send('POST', '/v1/users', { name: 'new', role: 'operator', password })).json(), {
    code: 'user-exists',
    status: 409,
  });
  t.match((await olga.send('POST', '/v1/users', { name: 'new 2', role: 'operator', password })).json(), {
    code: 'bad-parameter',
    detail: /letters, digits/,
  });
  t.match((await olga.send('POST', '/v1/users', { name: 'new2', role: 'root', password })).json(), {
    code: 'bad-parameter',
    detail: /role/,
  });
  t.match((await olga.send('PATCH', '/v1/users/new', {})).json(), { code: 'bad-parameter' });
  t.match((await olga.send('PATCH', '/v1/users/nobody', { disabled: true })).json(), { code: 'not-found' });
  await olga.send('PATCH', '/v1/users/new', { password: 'set by the operator' });
  t.equal((await browser().signIn('new', 'set by the operator')).statusCode, 200);

  for (const change of [{ disabled: true }, { role: 'radiologist' }]) {
    t.match((await olga.send('PATCH', '/v1/users/olga', change)).json(), { code: 'last-operator', status: 409 });
  }
  t.equal((await olga.send('GET', '/v1/users')).statusCode, 200, 'refused changes end no session');
  await olga.send('POST', '/v1/users', { name: 'otto', role: 'operator', password });
  const otto = browser();
  await otto.signIn('otto');
  const both = await Promise.all([
    olga.send('PATCH', '/v1/users/otto', { role: 'radiologist' }),
    otto.send('PATCH', '/v1/users/olga', { role: 'radiologist' }),
  ]);
  t.equal(both.filter(({ statusCode }) => statusCode === 200).length, 1, 'two who remove each other: one stays');
  await createAccounts(database, keys).updateUser('olga', { role: 'operator' });
  const events = (await auditOf(database)).filter(({ code }) => code === 'user-changed');
  t.notMatch(JSON.stringify(events), 'set by the operator', 'the audit says that there was a new password, not which');
  t.match(events.at(-1)?.detail, /^(otto|olga): role radiologist$/);
}

async function tokens(t: Test, database: Database): Promise<void> {
  const { browser, app, accounts } = serviceOn(t, database);
  const anna = browser();
  const olga = browser();
  await anna.signIn('anna');
  await olga.signIn('olga');
  const made = (await anna.send('POST', '/v1/tokens', { label: 'my script', expiresInDays: 3 })).json<{
    token: string;
    jti: string;
    expiresAt: string;
  }>();
  t.match(made, { user: 'anna', role: 'radiologist', label: 'my script' });
  t.ok(Math.abs(Date.parse(made.expiresAt) - Date.now() - 3 * 86_400_000) < 60_000);
  const bearer = { authorization: `Bearer ${made.token}` };
  t.equal((await app.inject({ url: '/v1/models', headers: bearer })).statusCode, 200);
  t.match(
    (await app.inject({ method: 'POST', url: '/v1/tokens', payload: { label: 'forever' }, headers: bearer })).json(),
    { code: 'forbidden' },
    'a token makes no tokens',
  );
  t.match((await app.inject({ method: 'POST', url: '/v1/tokens', payload: {} })).json(), { code: 'unauthenticated' });
  anna.csrfToken = 'wrong';
  t.match((await anna.send('POST', '/v1/tokens', {})).json(), { code: 'csrf' });
  await anna.send('GET', '/v1/session');
  for (const [what, payload] of [
    ['for another', { user: 'olga' }],
    ['with another role', { role: 'operator' }],
  ] as const) {
    t.match((await anna.send('POST', '/v1/tokens', payload)).json(), { code: 'forbidden' }, what);
  }
  t.match(
    (await olga.send('POST', '/v1/tokens', { user: 'pacs', role: 'submitter', label: 'PACS' })).json(),
    { user: 'pacs', role: 'submitter' },
    'operators make them for machines',
  );
  t.match((await olga.send('POST', '/v1/tokens', { user: 'unknown' })).json(), {
    code: 'bad-parameter',
    detail: /role/,
  });
  t.match((await olga.send('POST', '/v1/tokens', { expiresInDays: 4000 })).json(), { code: 'bad-parameter' });

  const listed = async (who: Browser) =>
    (await who.send('GET', '/v1/tokens')).json<{
      items: { jti: string; user: string; lastUsedAt: string | null; revokedAt: string | null }[];
    }>().items;
  t.ok(
    (await listed(anna)).every(({ user }) => user === 'anna'),
    "one's own",
  );
  t.ok(
    (await listed(olga)).some(({ user }) => user === 'pacs'),
    'and all for operators',
  );
  t.type((await listed(anna)).find(({ jti }) => jti === made.jti)?.lastUsedAt, 'string');
  t.notMatch(JSON.stringify(await listed(olga)), made.token.slice(-20));
  t.equal((await olga.send('DELETE', `/v1/tokens/${made.jti}`)).statusCode, 204);
  t.type((await listed(anna)).find(({ jti }) => jti === made.jti)?.revokedAt, 'string');
  t.equal((await accounts.listTokens({ owner: 'nobody', limit: 9 })).length, 0);
}
