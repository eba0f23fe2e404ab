import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import t from 'tap';
import { type Database, openDatabase } from '../../src/database/index.js';
import { jobId } from '../../src/pacs/jobs/filmJob.js';
import { openQueue } from '../../src/pacs/jobs/queue.js';
import { noPgbouncer, startPgbouncer } from '../pgbouncer.js';
import { noPostgres, type PostgresCluster, startPostgres } from '../postgres.js';
import { beside, filmOf, put } from './beside.js';
import { keep, type Mischief, uidsIn } from './fakePacs.js';

/** The queue on a Postgres as hospitals run it: behind a pooler, with few rights, with workers that are killed. */

let cluster: PostgresCluster | undefined;
t.before(async () => {
  cluster = await startPostgres();
});
t.after(() => cluster?.remove());

const options = { retries: 1, retryDelayS: 1, expireS: 60, keepHours: 1 };
const job = { study: '1.2', series: '1.3', instance: '1.4', source: 's' };
const withId = { ...job, id: jobId(job, 'a'.repeat(64)) };

async function opened(database: Database) {
  const errors: Error[] = [];
  const queue = await openQueue(database, { ...options, onError: (error) => void errors.push(error) });
  return { queue, errors };
}

/** Added twice, it is one job; taken, it is nobody else's; done, it stays known. */
async function goesThrough(database: Database) {
  const { queue, errors } = await opened(database);
  await queue.add([withId]);
  await queue.add([withId]);
  const taken = [await queue.take(), await queue.take()];
  await queue.complete(withId.id, { outcome: 'refused', code: 'x' });
  await queue.add([withId]);
  const after = await queue.take();
  await queue.maintain();
  await queue.close();
  return { taken, after, errors };
}

t.test('a job has one id for a film, a source and a model', (t) => {
  t.match(withId.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const others = [
    jobId({ ...job, source: 't' }, 'a'.repeat(64)),
    jobId({ ...job, instance: '1.5' }, 'a'.repeat(64)),
    jobId(job, 'b'.repeat(64)),
  ];
  t.equal(new Set([withId.id, ...others]).size, 4);
  t.equal(jobId({ ...job }, 'a'.repeat(64)), withId.id);
  t.end();
});

t.test('on Postgres', async (t) => {
  const server = cluster;
  if (server === undefined) {
    await t.test('the queue', { skip: noPostgres }, () => undefined);
    return;
  }

  await t.test('replicas that start together make one queue', async (t) => {
    const url = await server.createDatabase('together');
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase({ at: { url } })));
    const queues = await Promise.all(databases.map(opened));
    await Promise.all(queues.map(({ queue }) => queue.add([withId])));
    const taken = await Promise.all(queues.map(({ queue }) => queue.take()));
    t.equal(taken.filter((each) => each !== undefined).length, 1);
    await Promise.all(queues.map(({ queue }) => queue.close()));
    await Promise.all(databases.map((database) => database.close()));
    t.same(
      queues.flatMap(({ errors }) => errors),
      [],
    );
  });

  await t.test('a role that may not make schemas is told what to ask for, and uses what it is given', async (t) => {
    const url = await server.createDatabase('few_rights');
    await (await openDatabase({ at: { url } })).close();
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query(`create role humble login password 'only-for-tests'`);
    for (const kind of ['tables', 'sequences', 'functions'])
      await admin.query(`grant all on all ${kind} in schema public to humble`);
    const humble = new URL(url);
    humble.username = 'humble';
    const database = await openDatabase({ at: { url: humble.href }, migrate: false });
    await t.rejects(opened(database), { message: /create schema pgboss authorization/ });
    await admin.query('create schema pgboss authorization humble');
    t.match(await goesThrough(database), { taken: [withId, undefined], after: undefined, errors: [] });
    await database.close();
    await admin.end();
  });

  await t.test('it runs behind PgBouncer in transaction mode', async (t) => {
    const url = await server.createDatabase('pooled');
    const pooler = await startPgbouncer(url, [
      'ignore_startup_parameters = options,statement_timeout,idle_in_transaction_session_timeout',
    ]);
    if (pooler === undefined) {
      await t.test('the queue', { skip: noPgbouncer }, () => undefined);
      return;
    }
    const database = await openDatabase({ at: { url: pooler.url(url) } });
    t.match(await goesThrough(database), { taken: [withId, undefined], after: undefined, errors: [] });
    await database.close();
    await pooler.stop();
  });

  await t.test('a database that is away for a moment leaves the queue usable', async (t) => {
    const url = await server.createDatabase('away');
    const database = await openDatabase({ at: { url } });
    const { queue } = await opened(database);
    await queue.add([withId]);
    await server.stop();
    await t.rejects(queue.maintain(), { name: 'DatabaseUnavailable' });
    t.equal(await queue.take(), undefined);
    await server.start();
    t.match(await queue.take(), withId);
    await queue.close();
    await database.close();
  });

  await t.test('a worker that is killed between steps leaves nothing lost and nothing double', async (t) => {
    const url = await server.createDatabase('killed');
    const place = await beside(t, { url });
    const { pacs } = place;
    const steps: Record<string, [pause: string, (kill: () => void) => Mischief]> = {
      'while it fetches': ['', (kill) => (step) => (step === 'retrieve' ? (kill(), true) : undefined)],
      'while the film is in the engine': ['60000', () => () => undefined],
      'before its results are stored': ['', (kill) => (step) => (step === 'store' ? (kill(), true) : undefined)],
      'when they are stored, before it hears of it': [
        '',
        (kill) => (step, _request, _response, body) => {
          if (step !== 'store') return undefined;
          keep(pacs, uidsIn(body));
          kill();
          return true;
        },
      ],
    };
    let number = 1;
    for (const [when, [pause, mischief]] of Object.entries(steps)) {
      await t.test(when, async (t) => {
        put(pacs, filmOf(number));
        const child = fork(join(import.meta.dirname, 'children/worker.ts'), [url, pacs.url, pause]);
        const kill = (): void => void child.kill('SIGKILL');
        pacs.mischief = mischief(kill);
        if (pause !== '') child.once('message', kill);
        await once(child, 'exit');
        pacs.mischief = undefined;
        t.same(await place.once(), [], "it is the dead worker's until its time is over");
        await sql`update pgboss.job set started_on = now() - interval '1 day' where state = 'active'`.execute(
          place.database.kysely,
        );
        await place.once();
        await place.hurry();
        // The claim of the dead worker's submission ends by itself; the film waits for that.
        await place.once();
        t.equal(await place.rows(), number);
        t.equal(pacs.received.size, 2 * number, 'SR and presentation state');
        number++;
      });
    }
  });
});
