import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import pg from 'pg';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { createDetectionLog, createLogProofs } from '../../src/log/index.js';
import { growTree } from '../../src/log/tree/grow.js';
import { noPgbouncer, startPgbouncer } from '../pgbouncer.js';
import { noPostgres, startPostgres } from '../postgres.js';
import { entry, model, sha256 } from './entries.js';

const cluster = await startPostgres();
if (cluster === undefined) await t.test('behind PgBouncer', { skip: noPostgres }, () => undefined);
else {
  t.teardown(() => cluster.remove());
  const url = await cluster.createDatabase('pooled');
  const plain = await startPgbouncer(url, []);
  if (plain === undefined) await t.test('behind PgBouncer', { skip: noPgbouncer }, () => undefined);
  else {
    await t.test('a PgBouncer that refuses our settings: the message says what to set', async (t) => {
      await t.rejects(openDatabase({ at: { url: plain.url(url) } }), /ignore_startup_parameters = options,/);
      await plain.stop();
    });
    await t.test('two replicas keep one log behind PgBouncer, set as docs/operations.md says', (t) => replicas(t, url));
  }
}

async function replicas(t: Test, url: string): Promise<void> {
  const docs = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const setting = /^ignore_startup_parameters = .*$/m.exec(docs)?.[0];
  const onRole = docs.match(/^alter role app set .*;$/gm);
  if (setting === undefined || onRole === null) throw new Error('docs/operations.md does not say how');
  const direct = new pg.Client({ connectionString: url });
  await direct.connect();
  for (const statement of onRole) await direct.query(statement);
  await direct.end();
  const pooler = await startPgbouncer(url, [setting]);
  if (pooler === undefined) throw new Error(noPgbouncer);
  t.teardown(() => pooler.stop());

  const at = { url: pooler.url(url) };
  const databases = await Promise.all([openDatabase({ at }), openDatabase({ at })]);
  t.teardown(() => Promise.all(databases.map((database) => database.close())));
  const [first, second] = databases.map(createDetectionLog) as [Log, Log];
  await first.rememberModel(model);
  const entries = Array.from({ length: 120 }, (_, i) =>
    entry({ references: { patientRef: `p${i % 5}` }, idempotency: { key: `k${i}`, bodySha256: sha256('body') } }),
  );
  // More at once than the pooler has sessions: statements of one go to several of them.
  await Promise.all(entries.map((one, i) => (i % 2 === 0 ? first : second).append(one)));
  t.equal((await second.list({ patientRef: 'p1' }, { limit: 100 })).length, 24);
  t.equal((await first.following(0, 500, { submitter: 'ris' })).rows.length, 120);
  const to = new Date(Date.now() + 86_400_000);
  const { total } = await second.statistics({ from: new Date(to.getTime() - 3 * 86_400_000), to });
  t.equal(total.findings, 120);
  t.match(await first.claim({ submitter: 'ris', key: 'k7', bodySha256: sha256('body'), expiresInMs: 1000 }), {
    outcome: 'answered',
  });
  t.match(await second.verify(), { rows: 120, faults: [] });
  await Promise.all(databases.map(({ kysely }) => growTree(kysely)));
  while ((await growTree(databases[0].kysely)) > 0);
  t.match(await createLogProofs(databases[1]).treeFaults(), { size: 120, faults: [] });
  const { rows } = await sql<object>`
    select current_setting('synchronous_commit') as "commit", current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(databases[0].kysely);
  t.strictSame(rows, [{ commit: 'on', statement: '10s', idle: '10s' }], 'the settings that the pooler kept away');
}

type Log = ReturnType<typeof createDetectionLog>;
