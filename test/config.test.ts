import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadKeys } from '../src/auth/index.js';
import { ConfigError, readConfig } from '../src/config.js';
import { keySource } from '../src/keySource.js';

const secret = 'Q3v9-Lm2x_Tz7w.Rb5n+Yc8k/Hd4j=Pf6';

t.test('without settings the service listens on the machine itself, with an embedded log', (t) => {
  const config = readConfig({});
  t.match(config, {
    HOST: '127.0.0.1',
    PORT: 8080,
    DATABASE_URL: '',
    DATA_DIR: './data',
    production: false,
    METRICS_ACCESS: 'open',
  });
  t.strictSame(config.executionProviders, ['cuda', 'cpu']);
  t.strictSame(config.corsOrigins, []);
  t.end();
});

t.test('text becomes numbers and lists; an empty variable counts as absent', (t) => {
  const config = readConfig({
    PORT: '0',
    CORS_ORIGINS: 'https://a.example, https://b.example',
    DEADLINE_MS: '',
    UNKNOWN: 'x',
  });
  t.equal(config.PORT, 0);
  t.equal(config.DEADLINE_MS, 30_000);
  t.strictSame(config.corsOrigins, ['https://a.example', 'https://b.example']);
  t.end();
});

t.test('runners are as many as the engine thinks right, or as somebody says, but never none', (t) => {
  t.equal(readConfig({}).RUNNERS, undefined);
  t.equal(readConfig({ RUNNERS: '' }).RUNNERS, undefined);
  t.equal(readConfig({ RUNNERS: '3' }).RUNNERS, 3);
  for (const RUNNERS of ['0', '-1', '1.5', '65', 'all'])
    t.throws(() => readConfig({ RUNNERS }), { name: 'ConfigError', message: /RUNNERS/ }, RUNNERS);
  for (const DECODERS of ['0', '65']) t.throws(() => readConfig({ DECODERS }), { message: /DECODERS/ }, DECODERS);
  t.ok(readConfig({}).DECODERS >= 1 && readConfig({}).DECODERS <= 16, 'by the same rule as runners');
  t.end();
});

t.test('secondary captures are taken where somebody says so', (t) => {
  t.equal(readConfig({}).DICOM_SECONDARY_CAPTURE, false);
  t.equal(readConfig({ DICOM_SECONDARY_CAPTURE: '' }).DICOM_SECONDARY_CAPTURE, false);
  t.equal(readConfig({ DICOM_SECONDARY_CAPTURE: 'true' }).DICOM_SECONDARY_CAPTURE, true);
  t.throws(() => readConfig({ DICOM_SECONDARY_CAPTURE: 'maybe' }), { message: /DICOM_SECONDARY_CAPTURE/ });
  t.end();
});

t.test('every fault is named at once', (t) => {
  t.throws(() => readConfig({ PORT: 'http', DEADLINE_MS: '1', METRICS_ACCESS: 'all' }), {
    name: 'ConfigError',
    message: /(?=.*PORT)(?=.*DEADLINE_MS)(?=.*METRICS_ACCESS)/s,
  });
  t.throws(() => readConfig({ DATABASE_URL: 'mysql://x', JWT_SECRET: 'short' }), {
    message: /(?=.*DATABASE_URL)(?=.*JWT_SECRET)/s,
  });
  t.end();
});

t.test('production asks for every secret instead of making one', (t) => {
  t.throws(() => readConfig({ NODE_ENV: 'production' }), {
    name: 'ConfigError',
    message: /(?=.*DATABASE_URL is missing)(?=.*JWT_SECRET is missing)/s,
  });
  const config = readConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgres://db/log', JWT_SECRET: secret });
  t.ok(config.production);
  t.end();
});

t.test('a NODE_ENV that is not known is refused: it would run as development on the production database', (t) => {
  for (const name of ['prod', 'Production', 'staging'])
    t.throws(() => readConfig({ NODE_ENV: name }), { name: 'ConfigError', message: /NODE_ENV/ }, name);
  for (const name of ['development', 'test', '']) t.notOk(readConfig({ NODE_ENV: name }).production);
  t.end();
});

t.test('a secret that can be guessed is refused', (t) => {
  for (const weak of [
    'a'.repeat(32),
    'ab'.repeat(20),
    'secret'.repeat(6),
    'changeme-'.repeat(4),
    'passwordpassword'.repeat(2),
    'lesion-detector-'.repeat(3),
    'this-is-the-secret-of-our-hospital/'.repeat(2),
    'abcdefghijklmnopqrstuvwxyz0123456789',
    '0123456789abcdef0123456789abcdef',
    'qwertyuiopasdfghjklzxcvbnm1234567890',
  ])
    t.throws(() => readConfig({ JWT_SECRET: weak }), { message: /JWT_SECRET can be guessed/ }, weak);
  t.equal(readConfig({ JWT_SECRET: secret }).JWT_SECRET, secret);
  t.end();
});

t.test('films are kept unless this is production, or somebody says otherwise', (t) => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/log', JWT_SECRET: secret };
  t.same(readConfig({}).films, { kind: 'disk', folder: 'data/images', keepDays: 30 });
  t.equal(readConfig(production).films.kind, 'none');
  t.same(
    readConfig({ ...production, IMAGE_STORE: 'disk', IMAGE_STORE_DIR: '/srv/films', IMAGE_KEEP_DAYS: '7' }).films,
    { kind: 'disk', folder: '/srv/films', keepDays: 7 },
  );
  t.equal(readConfig({ IMAGE_STORE: 'none' }).films.kind, 'none');
  t.throws(() => readConfig({ IMAGE_STORE: 'cloud' }), { message: /IMAGE_STORE/ });
  t.throws(() => readConfig({ IMAGE_KEEP_DAYS: '0' }), { message: /IMAGE_KEEP_DAYS/ });
  t.end();
});

t.test('every secret can come from a file, as container platforms mount them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const jwt = await file('jwt', `${secret}\n`);
  const url = await file('url', 'postgres://db/log\r\n');
  const previous = await file('previous', `${'p'.repeat(32)}\n\n${'q'.repeat(40)}\n`);
  const empty = await file('empty', ' \n');
  const missing = join(folder, 'missing');
  const production = { NODE_ENV: 'production', DATABASE_URL_FILE: url, JWT_SECRET_FILE: jwt };

  const config = readConfig({ ...production, JWT_SECRET_PREVIOUS_FILE: previous });
  t.match(config, { DATABASE_URL: 'postgres://db/log', JWT_SECRET: secret });
  t.strictSame(config.previousJwtSecrets, ['p'.repeat(32), 'q'.repeat(40)]);
  t.strictSame(readConfig({ JWT_SECRET_PREVIOUS: 'r'.repeat(32) }).previousJwtSecrets, ['r'.repeat(32)]);

  const faultOf = (environment: NodeJS.ProcessEnv): string => {
    try {
      readConfig(environment);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    return 'none';
  };
  t.equal(
    faultOf({ ...production, JWT_SECRET_FILE: missing }),
    `JWT_SECRET_FILE: ${missing} can't be read (ENOENT)`,
    'the fault is not that the secret is missing, too',
  );
  t.equal(faultOf({ ...production, DATABASE_URL_FILE: folder }), `DATABASE_URL_FILE: ${folder} can't be read (EISDIR)`);
  t.equal(faultOf({ ...production, JWT_SECRET_FILE: empty }), `JWT_SECRET_FILE: ${empty} is empty`);
  const random = join(folder, 'random');
  await writeFile(random, Buffer.alloc(64, 0xfc));
  t.equal(faultOf({ ...production, JWT_SECRET_FILE: random }), `JWT_SECRET_FILE: ${random} is not UTF-8 text`);
  t.equal(
    faultOf({ ...production, JWT_SECRET: secret }),
    'JWT_SECRET and JWT_SECRET_FILE are both given: give one of them',
  );
  t.equal(
    faultOf({ DATABASE_URL_FILE: jwt, JWT_SECRET_FILE: empty, JWT_SECRET_PREVIOUS: 'short' }),
    [
      `JWT_SECRET_FILE: ${empty} is empty`,
      'JWT_SECRET_PREVIOUS has a line shorter than 32 characters',
      'DATABASE_URL must start with postgres://',
    ].join('\n'),
    'all at once, and no secret is in the message',
  );
});

t.test('after a change of the signing secret, tokens of the one before stay valid', async (t) => {
  const [old, current] = [secret, `${secret}, the next one`];
  const before = await loadKeys(keySource(readConfig({ JWT_SECRET: old })));
  const claims = { iss: 'lesion-detector', sub: 'ris', role: 'submitter', jti: 'j', iat: 1, exp: 2 } as const;
  const { kid } = JSON.parse(Buffer.from(before.sign(claims).split('.')[0] ?? '', 'base64url').toString()) as {
    kid: string;
  };
  const rotated = await loadKeys(keySource(readConfig({ JWT_SECRET: current, JWT_SECRET_PREVIOUS: old })));
  t.equal(rotated.keyOf(kid), old);
  const dropped = await loadKeys(keySource(readConfig({ JWT_SECRET: current })));
  t.equal(dropped.keyOf(kid), undefined, 'without it they are refused');
});
