import { fork } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { createAccounts, loadKeys } from '../../src/auth/index.js';
import { createSite } from '../../src/site/index.js';
import { dbCommand } from '../../src/cli/db.js';
import { UsageError } from '../../src/cli/exit.js';
import { logCommand } from '../../src/cli/log.js';
import { tokenCommand } from '../../src/cli/token.js';
import { userCommand } from '../../src/cli/user.js';
import { createDetectionLog } from '../../src/log/index.js';
import { createReviews } from '../../src/reviews/index.js';
import { embeddedFolder, temporaryFolder } from '../backends.js';
import { entry, model } from '../log/entries.js';
import { noPostgres, type PostgresCluster, startPostgres } from '../postgres.js';

await t.test('users, tokens and the log are managed while the service runs', runningService);
await t.test('a look at a log that is not there makes none', noLog);
const cluster = await startPostgres();
if (cluster === undefined) await t.test('an embedded log is copied to Postgres', { skip: noPostgres }, () => undefined);
else {
  t.teardown(() => cluster.remove());
  await t.test('an embedded log is copied to Postgres, accounts and chain included', (t) => copied(t, cluster));
  await t.test('no token is signed with a secret that no service on this Postgres has', (t) => noSecret(t, cluster));
}

async function noSecret(t: Test, cluster: PostgresCluster): Promise<void> {
  const dataDir = await temporaryFolder(t);
  const environment = { DATABASE_URL: await cluster.createDatabase('secrets'), DATA_DIR: dataDir };
  const create = ['token', 'create', '--name', 'ris', '--role', 'submitter'];
  t.match(await run(create, { environment }), { code: 2, out: '', err: /JWT_SECRET is missing/ });
  t.strictSame(await readdir(dataDir), [], 'none was made');

  const path = join(dataDir, 'secret');
  const fromFile = { ...environment, JWT_SECRET_FILE: path };
  t.match(await run(create, { environment: fromFile }), { code: 2, out: '', err: /JWT_SECRET_FILE: .* can't be read/ });
  const secret = 'Q3v9-Lm2x_Tz7w.Rb5n+Yc8k/Hd4j=Pf6';
  await writeFile(path, `${secret}\n`);
  const { out, code } = await run(create, { environment: fromFile });
  t.equal(code, 0);
  const keys = await loadKeys({ jwtSecret: secret });
  const header = JSON.parse(Buffer.from(out.split('.')[0] ?? '', 'base64url').toString()) as { kid?: unknown };
  t.equal(keys.keyOf(header.kid), secret, 'the secret of the file signed it');
}

async function runningService(t: Test): Promise<void> {
  const dataDir = await embeddedFolder(t);
  const service = await openDatabase({ at: { dataDir } });
  t.teardown(() => service.close());
  const log = createDetectionLog(service);
  await log.rememberModel(model);
  const [row, other] = [entry({ references: { patientRef: 'patient-1', externalId: 'x1' } }), entry()];
  await log.append(row);
  await log.append(other);
  const environment = { DATA_DIR: dataDir };

  const added = await runProcess(
    ['user', 'add', 'jane', '--role', 'radiologist'],
    dataDir,
    'correct horse battery\nsecond line\n',
  );
  t.match(added, { code: 0, out: '' });
  const keys = await loadKeys({ dataDir });
  const accounts = createAccounts(service, keys);
  t.match(
    await accounts.logIn('jane', 'correct horse battery'),
    { name: 'jane', role: 'radiologist' },
    'the running service knows the user at once',
  );
  t.match(await run(['user', 'add', 'jane', '--role', 'operator', '--generate'], { environment }), {
    code: 1,
    out: '',
    err: /there is already a user jane$/,
  });
  const generated = await run(['user', 'passwd', 'jane', '--generate'], { environment });
  t.ok(await accounts.logIn('jane', generated.out.trim()), 'the password that was printed is the one');

  const token = await run(
    ['token', 'create', '--name', 'ris', '--role', 'submitter', '--days', '30', '--label', 'ward 3', '--json'],
    { environment },
  );
  const issued: unknown = JSON.parse(token.out);
  t.match(issued, { token: /^[\w-]+\.[\w-]+\.[\w-]+$/, jti: String, expiresAt: String });
  t.match(await run(['token', 'create', '--name', 'ris', '--role', 'owner'], { environment }), { code: 2 });
  t.match(await run(['token', 'create', '--name', 'ris', '--role', 'submitter', '--days', '1.5'], { environment }), {
    code: 2,
  });
  const plain = await run(['token', 'create', '--name', 'ris', '--role', 'submitter'], { environment });
  t.match(plain.out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'stdout is the token alone');
  const jti = await service.kysely
    .selectFrom('tokens')
    .select('jti')
    .where('label', '=', 'ward 3')
    .executeTakeFirstOrThrow();
  t.match(await run(['token', 'revoke', jti.jti], { environment }), { code: 0 });
  t.match(await run(['token', 'revoke', 'no-such'], { environment }), { code: 1 });
  t.ok(
    (
      await service.kysely
        .selectFrom('tokens')
        .select('revoked_at')
        .where('label', '=', 'ward 3')
        .executeTakeFirstOrThrow()
    ).revoked_at,
  );

  t.match(JSON.parse((await run(['db', 'status', '--json'], { environment })).out), {
    kind: 'embedded',
    heldByService: true,
    rows: 2,
    steps: { pending: [] },
  });
  const exported = await run(['log', 'export', '--format', 'ndjson'], { environment });
  t.equal(exported.out, `${other.reportText}\n${row.reportText}\n{"complete":true,"rows":2}\n`);
  t.match(await run(['log', 'erase'], { environment }), { code: 2 });
  t.match(await run(['log', 'erase', '--patient-ref', 'patient-1', '--json'], { environment }), {
    code: 0,
    out: '{"rows":1}\n',
  });
  t.notMatch((await log.find(row.report.id))?.reportText, /x1/);
  t.match(await run(['log', 'verify'], { environment }), { code: 0, out: /^2 rows, 0 faults; head 2 [0-9a-f]{64}\n$/ });
  await service.kysely.updateTable('detections').set({ submitter: 'forged' }).where('id', '=', row.report.id).execute();
  t.match(await run(['log', 'verify'], { environment }), {
    code: 1,
    out: `${row.report.id}\tsubmitter is not what the report says\n`,
  });

  const noted = (await service.kysely.selectFrom('audit_events').select('code').orderBy('id').execute()).map(
    ({ code }) => code,
  );
  t.strictSame(noted, [
    'user-added',
    'password-set',
    'token-issued',
    'token-issued',
    'token-revoked',
    'references-erased',
  ]);
}

async function noLog(t: Test): Promise<void> {
  const folder = await temporaryFolder(t);
  const dataDir = join(folder, 'data');
  for (const words of [
    ['db', 'status'],
    ['log', 'verify'],
    ['log', 'export'],
  ]) {
    t.match(await run(words, { environment: { DATA_DIR: dataDir } }), { code: 2, out: '', err: /there is no log in/ });
  }
  t.strictSame(await readdir(folder), []);
}

async function copied(t: Test, cluster: PostgresCluster): Promise<void> {
  const dataDir = await embeddedFolder(t);
  const to = await cluster.createDatabase('target');
  const source = await openDatabase({ at: { dataDir } });
  const keys = await loadKeys({ dataDir });
  const log = createDetectionLog(source);
  const accounts = createAccounts(source, keys);
  await log.rememberModel(model);
  const request = { submitter: 'ris', key: 'k', bodySha256: 'a'.repeat(64), expiresInMs: 60_000 };
  await log.claim(request);
  const entries = Array.from({ length: 20 }, (_, i) =>
    entry({
      at: new Date(Date.UTC(2025, i, 15)),
      state: i % 3 === 0 ? 'not-analysed' : 'findings',
      references: i % 2 === 0 ? { externalId: `x${i}` } : {},
      ...(i === 4 && { idempotency: request }),
    }),
  );
  for (const one of entries) await log.append(one);
  await accounts.addUser({ name: 'jane', role: 'operator', password: 'correct horse battery' });
  const token = await accounts.issueToken({ subject: 'ris', role: 'submitter', lifetimeS: 3600 });
  await log.audit({ code: 'unsupported-image', actor: 'ris', requestId: 'r', address: null, sizeBytes: 3_000_000_000 });
  await createSite(source).change({ signUp: true });
  const film = {
    failure: null,
    pixels_sha256: 'c'.repeat(64),
    width: 64,
    height: 64,
    bits: 8,
    channels: 1,
    window_low: 0,
    window_high: 255,
    size_bytes: 99,
    expires_at: new Date(),
    deleted_at: null,
  };
  await source.kysely
    .insertInto('kept_films')
    .values({ detection_id: entries[1]!.report.id, ...film })
    .execute();
  const reader = { reader: 'anna', madeIn: 'page', actor: { actor: 'anna', requestId: null, address: null } } as const;
  await createReviews(source).addReview(entries[1]!, { comment: 'Rotated.' }, reader);
  const { head } = await sourceState(source);
  const nameOf = ({ kysely }: typeof source) => kysely.selectFrom('database_identity').selectAll().execute();
  const name = await nameOf(source);

  t.match(
    await run(['db', 'copy', '--from', dataDir, '--to', to]),
    { code: 1, err: /in use by another process/ },
    'not from under a running service',
  );
  await source.close();
  const copy = await run(['db', 'copy', '--from', dataDir, '--to', to, '--json']);
  t.equal(copy.code, 0, copy.err);
  t.match(JSON.parse(copy.out), {
    detections: 20,
    models: 1,
    users: 1,
    tokens: 1,
    audit_events: 2,
    film_references: 10,
    kept_films: 1,
    reviews: 1,
  });
  t.match(copy.err, /IMAGE_STORE_DIR/, 'it says where the films are');
  t.match(await run(['db', 'copy', '--from', dataDir, '--to', to]), { code: 1, err: /not empty: models has 1 rows/ });
  t.match(await run(['db', 'copy', '--from', dataDir, '--to', 'somewhere']), { code: 2 });

  const target = await openDatabase({ at: { url: to } });
  t.teardown(() => target.close());
  const targetLog = createDetectionLog(target);
  t.strictSame(
    (await targetLog.list({}, { limit: 500 })).map(({ reportText }) => reportText),
    entries.map(({ reportText }) => reportText).reverse(),
  );
  t.strictSame(await sourceState(target), { rows: 20, faults: [], head });
  t.match(await targetLog.claim(request), { outcome: 'answered', detection: { id: entries[4]!.report.id } });
  t.strictSame(await nameOf(target), name, "the folder of films is as much the copy's");
  t.match((await createReviews(target).reviewsOf([entries[1]!.report.id])).get(entries[1]!.report.id), [
    { comment: 'Rotated.', reader: 'anna' },
  ]);
  t.ok(await createAccounts(target, keys).logIn('jane', 'correct horse battery'));
  t.equal(await createAccounts(target, keys).tokenOwner(token.jti), 'ris');
  await targetLog.audit({ code: 'after', actor: null, requestId: null, address: null });
  await targetLog.append(entry());
  t.match(await targetLog.verify(), { rows: 21, faults: [] });

  const sourceRows = await run(['log', 'export'], { environment: { DATA_DIR: dataDir } });
  t.match(sourceRows.out, /"complete":true,"rows":20/, 'the folder is as it was');
}

async function sourceState(
  database: Parameters<typeof createDetectionLog>[0],
): Promise<{ rows: number; faults: readonly unknown[]; head: unknown }> {
  const { rows, faults } = await createDetectionLog(database).verify();
  const head = await database.kysely.selectFrom('chain_head').select('seq').executeTakeFirstOrThrow();
  return { rows, faults, head };
}

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The commands in this process: loading the whole command line for each would take longer than all of the work. */
async function run(
  words: readonly string[],
  { environment = {} }: { readonly environment?: Record<string, string> } = {},
): Promise<Run> {
  const program = new Command();
  for (const command of [userCommand(), tokenCommand(), dbCommand(), logCommand()]) program.addCommand(command);
  throwInsteadOfExit(program);
  const before = {
    env: process.env,
    out: process.stdout.write.bind(process.stdout),
    err: process.stderr.write.bind(process.stderr),
  };
  const { DATABASE_URL: _url, JWT_SECRET: _secret, DATA_DIR: _folder, ...inherited } = process.env;
  process.env = { ...inherited, ...environment };
  let [out, err] = ['', ''];
  process.stdout.write = captured((text) => (out += text));
  process.stderr.write = captured((text) => (err += text));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return { code: Number(process.exitCode ?? 0), out, err };
  } catch (error) {
    // As src/cli/main.ts says it.
    const wrongUse = error instanceof CommanderError || error instanceof UsageError;
    return { code: wrongUse ? 2 : 1, out, err: `${err}${error instanceof Error ? error.message : String(error)}` };
  } finally {
    process.env = before.env;
    process.stdout.write = before.out;
    process.stderr.write = before.err;
    process.exitCode = undefined;
  }
}

function captured(take: (text: string) => void): typeof process.stdout.write {
  return (chunk: Uint8Array | string, encoding?: unknown, done?: unknown) => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    for (const callback of [encoding, done].filter(isCallback)) callback();
    return true;
  };
}

function isCallback(value: unknown): value is () => void {
  return typeof value === 'function';
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

/** The command line as a process of its own, once, with a password on its stdin. */
function runProcess(words: readonly string[], dataDir: string, input: string): Promise<Run> {
  const { DATABASE_URL: _url, JWT_SECRET: _secret, ...inherited } = process.env;
  const child = fork(new URL('../../src/cli/main.js', import.meta.url), words, {
    env: { ...inherited, DATA_DIR: dataDir },
    silent: true,
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin?.end(input);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      resolve({ code, out, err });
    }),
  );
}
