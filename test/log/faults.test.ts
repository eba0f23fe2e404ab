import { fork } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { asDatabaseError } from '../../src/database/failure.js';
import { connectToHolder, holdFolder } from '../../src/database/hold.js';
import { embeddedFolder, temporaryFolder } from '../backends.js';
import { noPostgres, type PostgresCluster, startPostgres } from '../postgres.js';
import { entry, model } from './entries.js';

const away = { name: 'DatabaseUnavailable' };

const cluster = await startPostgres();
if (cluster === undefined) await t.test('on Postgres', { skip: noPostgres }, () => undefined);
else {
  t.teardown(() => cluster.remove());
  await t.test('a server that stops costs the answers of that time, and nothing else', (t) =>
    stoppedServer(t, cluster),
  );
  await t.test('a connection cut in the middle leaves nothing half-written', (t) => cutConnections(t, cluster));
  await t.test('a lock that is not given away in time is an unavailable log, not a hanging one', (t) =>
    heldLock(t, cluster),
  );
  await t.test('a question that takes too long says that, and not that the log is away', (t) =>
    slowQuestion(t, cluster),
  );
  await t.test('two replicas that start at once migrate once, and keep one chain', (t) => replicas(t, cluster));
  await t.test('an older version runs beside a newer schema, but not on one that lacks its own steps', (t) =>
    versions(t, cluster),
  );
  await t.test('a commit that is not on disk is not accepted', async (t) => {
    const url = `${await cluster.createDatabase('lazy')}?options=-c%20synchronous_commit%3Doff`;
    await t.rejects(openDatabase({ at: { url } }), /synchronous_commit is off/);
  });
  await t.test('a database that is not there is an unavailable log', async (t) => {
    await t.rejects(openDatabase({ at: { url: 'postgres://app:x@127.0.0.1:1/none' } }), away);
    const url = new URL(await cluster.createDatabase('passworded'));
    url.password = 'wrong';
    await t.rejects(openDatabase({ at: { url: url.href } }), away);
  });
}

await t.test('rows that were acknowledged are there after kill -9', killedProcess);
await t.test('one folder serves one process; the command line goes through it', oneFolder);
await t.test('a command line that dies in a transaction leaves nothing behind', dyingClient);
await t.test('of many processes that come at once at most one gets the folder', manyAtOnce);
await t.test('a folder whose path is longer than a socket address is held all the same', longPath);
await t.test('a folder of another major version is refused, untouched', otherVersion);
await t.test('what means that the database is away is told apart from mistakes', errors);
await t.test('a log that was closed takes nothing', async (t) => {
  const database = await open(t, { dataDir: await embeddedFolder(t) });
  const { rows } = await sql<{ shared_buffers: string }>`show shared_buffers`.execute(database.kysely);
  t.strictSame(rows, [{ shared_buffers: '32MB' }], 'every byte of it is touched at start');
  await database.close();
  await t.rejects(createDetectionLog(database).append(entry()));
});

async function stoppedServer(t: Test, cluster: PostgresCluster): Promise<void> {
  const told: Error[] = [];
  const database = await open(
    t,
    { url: await cluster.createDatabase('stopped') },
    { onError: (error) => told.push(error) },
  );
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  const during = Array.from({ length: 40 }, () => entry());
  const answers = Promise.allSettled(during.map((one) => log.append(one)));
  await cluster.stop();
  const answered = await answers;
  for (const answer of answered) if (answer.status === 'rejected') t.match(answer.reason, away);
  await t.rejects(log.append(entry()), away);
  await t.rejects(log.ping(), away);
  await t.rejects(log.list({}, { limit: 1 }), away);
  await cluster.start();

  const after = entry();
  await log.append(after);
  t.equal((await log.find(after.report.id))?.reportText, after.reportText, 'the same process goes on');
  const logged = new Set((await log.list({}, { limit: 500 })).map(({ id }) => id));
  t.ok(
    during.every((one, i) => answered[i]?.status !== 'fulfilled' || logged.has(one.report.id)),
    'whatever was acknowledged is there',
  );
  const boxes = await database.kysely.selectFrom('detection_boxes').select('detection_id').execute();
  t.ok(boxes.every((box) => logged.has(box.detection_id)));
  t.strictSame((await log.verify()).faults, []);
  t.ok(told.length > 0, 'connections lost while idle are told of, and end nothing');
}

async function cutConnections(t: Test, cluster: PostgresCluster): Promise<void> {
  const url = await cluster.createDatabase('cut');
  const database = await open(t, { url });
  const other = await open(t, { url });
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  const entries = Array.from({ length: 200 }, () => entry());
  const answers = Promise.allSettled(entries.map((one) => log.append(one)));
  const load = { running: true };
  void answers.then(() => (load.running = false));
  // Until the last one is answered: connections are opened, used and cut all the time.
  while (load.running) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <>
      pg_backend_pid()`.execute(other.kysely);
  }
  const answered = await answers;
  t.ok(
    answered.some(({ status }) => status === 'rejected'),
    'some were hit',
  );
  // Read on connections that were not cut: one of the others may not have been told yet.
  const whole = createDetectionLog(other);
  const logged = new Set((await whole.list({}, { limit: 500 })).map(({ id }) => id));
  for (const [i, one] of entries.entries()) {
    const answer = answered[i];
    if (answer?.status === 'fulfilled') t.ok(logged.has(one.report.id));
    else t.match(answer?.reason, away);
  }
  t.strictSame((await whole.verify()).faults, []);
  await log.ping().catch(() => undefined);
  await log.append(entry());
}

async function heldLock(t: Test, cluster: PostgresCluster): Promise<void> {
  const url = await cluster.createDatabase('locked');
  const database = await open(t, { url }, { statementTimeoutMs: 200 });
  const other = await open(t, { url });
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  await other.kysely.transaction().execute(async (trx) => {
    await trx.selectFrom('chain_head').selectAll().forUpdate().execute();
    await t.rejects(log.append(entry()), away);
  });
  await log.append(entry());
  t.match(await log.verify(), { rows: 1, faults: [] });
}

/** Five operators asked for a year at once, and every one of them read that the database takes no rows. */
async function slowQuestion(t: Test, cluster: PostgresCluster): Promise<void> {
  const url = await cluster.createDatabase('slow');
  const database = await open(t, { url }, { statementTimeoutMs: 200 });
  await t.rejects(sql`select pg_sleep(5)`.execute(database.kysely), { name: 'QueryTooSlow' });
  const log = createDetectionLog(database);
  await t.resolves(log.ping());
  await log.rememberModel(model);
  await log.append(entry());
  const days = { from: new Date(0), to: new Date() };
  const questions: Readonly<Record<string, () => Promise<unknown>>> = {
    list: () => log.list({}, { limit: 1 }),
    'list by score': () => log.list({ class: 'opacity' }, { limit: 1, sort: '-filmScore' }),
    count: () => log.count({}),
    'count with a score': () => log.count({ minFilmScore: 0.5 }),
    statistics: () => log.statistics(days),
    'statistics by hour': () =>
      log.statistics({ from: new Date(Date.now() - 7_200_000), to: new Date(), byHour: true }),
    export: () => log.stream({}).next(),
    following: () => log.following(0, 10, { submitter: 'ris' }),
    find: () => log.find('0198f0c2-0000-7000-8000-000000000000'),
    verify: () => log.verify(),
  };
  const other = await open(t, { url });
  await other.kysely.transaction().execute(async (trx) => {
    // No row can be read: what waits for it is as slow as a question that reads too many.
    await sql`lock table detections, listed_films, film_tallies, detection_boxes, film_references in access
      exclusive mode`.execute(trx);
    for (const [name, ask] of Object.entries(questions)) await t.rejects(ask(), { name: 'QueryTooSlow' }, name);
    await t.rejects(
      log.append(entry()),
      { name: 'DatabaseUnavailable' },
      'an answer that is not logged is another thing',
    );
    await t.rejects(log.eraseReferences({ patientRef: 'p' }, 'op'), { name: 'DatabaseUnavailable' });
  });
  await t.resolves(log.list({}, { limit: 1 }));
}

async function replicas(t: Test, cluster: PostgresCluster): Promise<void> {
  const url = await cluster.createDatabase('replicas');
  const databases = await Promise.all([open(t, { url }), open(t, { url }), open(t, { url })]);
  const logs = databases.map(createDetectionLog);
  await Promise.all(logs.map((log) => log.rememberModel(model)));
  // All in a month that has no partition yet, so that the replicas make it under each other's feet.
  const entries = Array.from({ length: 150 }, (_, i) => entry({ at: new Date(Date.UTC(2025, 5, 1, 0, 0, i)) }));
  await Promise.all(entries.map((one, i) => logs[i % logs.length]!.append(one)));
  t.match(await logs[0]!.verify(), { rows: 150, faults: [] });
  t.strictSame(
    (await logs[1]!.list({}, { limit: 500 })).map(({ reportText }) => reportText),
    entries.map(({ reportText }) => reportText).reverse(),
  );
}

async function versions(t: Test, cluster: PostgresCluster): Promise<void> {
  const url = await cluster.createDatabase('versions');
  const database = await open(t, { url });
  await sql`insert into kysely_migration (name, timestamp) values ('0999_of_a_newer_version', now()::text)`.execute(
    database.kysely,
  );
  await (await openDatabase({ at: { url } })).close();
  await sql`delete from kysely_migration where name like '0003%'`.execute(database.kysely);
  await t.rejects(openDatabase({ at: { url } }), /0999_of_a_newer_version.*0003_audit/);
}

async function killedProcess(t: Test): Promise<void> {
  const dataDir = await embeddedFolder(t);
  const child = fork(new URL('./appender.js', import.meta.url), [dataDir]);
  const acknowledged: { readonly id: string; readonly reportText: string }[] = [];
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message) => {
      if (isRow(message)) acknowledged.push(message);
      if (acknowledged.length === 50) child.kill('SIGKILL');
    });
    child.on('exit', (code) => {
      if (code === null) resolve();
      else reject(new Error(`the child ended with ${code}`));
    });
  });
  const log = createDetectionLog(await open(t, { dataDir }));
  const { rows, faults } = await log.verify();
  t.strictSame(faults, []);
  t.ok(rows >= acknowledged.length);
  for (const { id, reportText } of acknowledged) t.equal((await log.find(id))?.reportText, reportText);
}

function isRow(message: unknown): message is { readonly id: string; readonly reportText: string } {
  return (
    typeof message === 'object' &&
    message !== null &&
    'id' in message &&
    typeof message.id === 'string' &&
    'reportText' in message &&
    typeof message.reportText === 'string'
  );
}

async function oneFolder(t: Test): Promise<void> {
  const dataDir = await embeddedFolder(t);
  const service = await open(t, { dataDir });
  const serviceLog = createDetectionLog(service);
  await serviceLog.rememberModel(model);
  t.equal((await stat(join(dataDir, 'log'))).mode & 0o777, 0o700);
  const [socket] = (await readdir(join(dataDir, 'log'))).filter((name) => name.endsWith('.sock'));
  t.equal((await stat(join(dataDir, 'log', socket!))).mode & 0o777, 0o600);
  await t.rejects(openDatabase({ at: { dataDir } }), { name: 'FolderInUse', message: /in use by another process/ });

  const command = await open(t, { dataDir }, { forward: true });
  t.ok(command.forwarded);
  const commandLog = createDetectionLog(command);
  const entries = Array.from({ length: 60 }, () => entry({ references: { patientRef: 'p' } }));
  await Promise.all(entries.map((one, i) => (i % 2 === 0 ? serviceLog : commandLog).append(one)));
  t.strictSame(
    (await commandLog.list({}, { limit: 500 })).map(({ reportText }) => reportText),
    entries.map(({ reportText }) => reportText).reverse(),
  );
  t.match(await commandLog.verify(), { rows: 60, faults: [] });
  t.strictSame(
    (await commandLog.list({ from: new Date(0), to: new Date() }, { limit: 1 })).length,
    1,
    'times and bytes arrive as what they are',
  );
  await t.rejects(commandLog.rememberModel({ ...model, specSha256: 'f'.repeat(64) }), { name: 'ModelConflict' });
  await t.rejects(
    command.kysely
      .insertInto('models')
      .values({ name: 'm', version: '1', spec_sha256: 'no hash', onnx_sha256: 'no', spec: '' })
      .execute(),
    { code: '23514' },
    'errors keep their code',
  );

  await service.close();
  await t.rejects(commandLog.ping(), away, 'without the service there is no log');
  t.strictSame(
    (await readdir(join(dataDir, 'log'))).filter((name) => name.endsWith('.sock')),
    [],
  );
  const next = await open(t, { dataDir }, { forward: true });
  t.notOk(next.forwarded);
  t.match(await createDetectionLog(next).verify(), { rows: 60, faults: [] });
}

async function dyingClient(t: Test): Promise<void> {
  const dataDir = await embeddedFolder(t);
  const service = await open(t, { dataDir });
  const connection = await connectToHolder(join(dataDir, 'log'));
  const command = await open(t, { dataDir }, { forward: true });
  t.ok(connection);
  connection?.socket.destroy();
  // Dies with its transaction open: the process is gone, its socket closes.
  const dying = fork(new URL('./dying.js', import.meta.url), [dataDir]);
  await new Promise((resolve) => dying.on('exit', resolve));
  await createDetectionLog(service).rememberModel(model);
  await createDetectionLog(command).ping();
  t.strictSame(await service.kysely.selectFrom('audit_events').selectAll().execute(), []);
}

async function manyAtOnce(t: Test): Promise<void> {
  const dir = await temporaryFolder(t);
  await writeFile(join(dir, 'held-1-00000000.sock'), '');
  const holds = await Promise.all(Array.from({ length: 8 }, () => holdFolder(dir)));
  const held = holds.filter((hold) => hold !== undefined);
  t.equal(held.length, 1);
  t.equal(await holdFolder(dir), undefined);
  await held[0]?.release();
  const next = await holdFolder(dir);
  t.ok(next, 'free again when it was released');
  await next?.release();
}

async function longPath(t: Test): Promise<void> {
  const dataDir = join(await temporaryFolder(t), 'a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60));
  const hold = await holdFolder(dataDir);
  t.ok(hold);
  t.equal(await holdFolder(dataDir), undefined);
  await hold?.release();
  t.strictSame(await readdir(dataDir), []);
}

async function otherVersion(t: Test): Promise<void> {
  const dataDir = await temporaryFolder(t);
  const postgres = join(dataDir, 'log', 'postgres');
  await mkdir(postgres, { recursive: true });
  await writeFile(join(postgres, 'PG_VERSION'), '15\n');
  await t.rejects(openDatabase({ at: { dataDir } }), /written by Postgres 15.*left as it is/);
  t.strictSame(await readdir(postgres), ['PG_VERSION']);
  t.strictSame(await readdir(join(dataDir, 'log')), ['postgres'], 'and it is not held');
}

async function errors(t: Test): Promise<void> {
  const coded = (code: string): Error => Object.assign(new Error('as the driver says it'), { code });
  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    '08006',
    '28P01',
    '53100',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '25006',
    '58030',
    '40P01',
  ]) {
    t.match(asDatabaseError(coded(code)), { ...away, cause: { code } }, code);
  }
  for (const message of [
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'PGlite is closed',
  ]) {
    t.match(asDatabaseError(new Error(message)), away, message);
  }
  t.match(
    asDatabaseError(Object.assign(new Error('unreachable'), { name: 'RuntimeError' })),
    away,
    'the embedded database crashed',
  );
  for (const code of ['23505', '23514', '42601', '42P01', '22P02']) {
    const mistake = coded(code);
    t.equal(asDatabaseError(mistake), mistake, code);
  }
  const bug = new TypeError('x is not a function');
  t.equal(asDatabaseError(bug), bug);

  // And from a real database.
  const database = await open(t, { dataDir: await embeddedFolder(t) });
  const error: unknown = await sql`select no_such_function()`
    .execute(database.kysely)
    .catch((reason: unknown) => reason);
  t.match(error, { code: '42883' });
  t.notMatch(error, away);
}

async function open(t: Test, at: DatabaseOptions['at'], options: Omit<DatabaseOptions, 'at'> = {}): Promise<Database> {
  const database = await openDatabase({ at, ...options });
  t.teardown(() => database.close());
  return database;
}
