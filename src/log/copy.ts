import { type Kysely, sql, type Transaction } from 'kysely';
import { ensurePartitions, type Tables } from '../database/index.js';
import { copyTree } from './tree/copyTree.js';
import { verify } from './verify.js';

const pageRows = 500;
/** Batch size for boxes and other small rows: keeps a statement under Postgres' 65,535 parameters. */
const batchRows = 1000;

const copied = [
  'models',
  'users',
  'tokens',
  'audit_events',
  'detections',
  'detection_boxes',
  'film_references',
  'kept_films',
  'reviews',
] as const;
export type CopiedRows = Readonly<Record<(typeof copied)[number], number>>;

/** The target of a copy is not empty. */
class TargetNotEmpty extends Error {
  override readonly name = 'TargetNotEmpty';
}

/**
 * Copies a whole log, accounts included, into an empty one, in one transaction. It commits only if the counts agree and
 * the chain verifies without a fault up to the same head. Nobody may write to `from` meanwhile. Sessions and claims of
 * requests that never ended are not copied; neither are the films, which are files in the image store's folder. The
 * copy may use that folder, since it keeps the database's id.
 *
 * @example
 * const from = await openDatabase({ at: { dataDir: './data' } });
 * const to = await openDatabase({ at: { url: 'postgres://detector@127.0.0.1/detector' } });
 * const { detections } = await copyLog(from.kysely, to.kysely); // how many rows were copied
 */
export async function copyLog(from: Kysely<Tables>, to: Kysely<Tables>): Promise<CopiedRows> {
  await assertEmpty(to);
  await ensurePartitions(to, await monthsOf(from));
  return to.transaction().execute(async (trx) => {
    await copyAccounts(from, trx);
    await copyAudit(from, trx);
    await copyDetections(from, trx);
    await copyTree(from, trx);
    await trx
      .updateTable('site_settings')
      .set(await from.selectFrom('site_settings').select('sign_up').executeTakeFirstOrThrow())
      .execute();
    await trx
      .updateTable('database_identity')
      .set(await from.selectFrom('database_identity').select('id').executeTakeFirstOrThrow())
      .execute();
    const head = await from.selectFrom('chain_head').select(['seq', 'previous_hash', 'hash']).executeTakeFirstOrThrow();
    await trx.updateTable('chain_head').set(head).execute();
    await assertSame(from, trx);
    return countAll(trx);
  });
}

async function assertEmpty(to: Kysely<Tables>): Promise<void> {
  const full = Object.entries(await countAll(to)).filter(([, rows]) => rows > 0);
  if (full.length > 0)
    throw new TargetNotEmpty(
      `the target is not empty: ${full.map(([table, rows]) => `${table} has ${rows} rows`).join(', ')}`,
    );
}

async function countAll(db: Kysely<Tables>): Promise<CopiedRows> {
  const counts = {
    models: 0,
    users: 0,
    tokens: 0,
    audit_events: 0,
    detections: 0,
    detection_boxes: 0,
    film_references: 0,
    kept_films: 0,
    reviews: 0,
  };
  for (const table of copied) {
    const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db);
    counts[table] = rows[0]?.rows ?? 0;
  }
  return counts;
}

async function monthsOf(from: Kysely<Tables>): Promise<readonly { readonly year: number; readonly month: number }[]> {
  const { rows } = await sql<{ year: number; month: number }>`
    select distinct extract(year from created_at at time zone 'UTC')::int as year, extract(month from created_at at
      time zone 'UTC')::int as month
    from detections order by 1, 2`.execute(from);
  return rows;
}

async function copyAccounts(from: Kysely<Tables>, to: Transaction<Tables>): Promise<void> {
  for (const batch of batches(await from.selectFrom('models').selectAll().execute()))
    await to.insertInto('models').values(batch).execute();
  for (const batch of batches(await from.selectFrom('users').selectAll().execute()))
    await to.insertInto('users').values(batch).execute();
  for (const batch of batches(await from.selectFrom('tokens').selectAll().execute()))
    await to.insertInto('tokens').values(batch).execute();
}

async function copyAudit(from: Kysely<Tables>, to: Transaction<Tables>): Promise<void> {
  for (let after = 0; ;) {
    const page = await from
      .selectFrom('audit_events')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(batchRows)
      .execute();
    const last = page.at(-1);
    if (last === undefined) break;
    await to.insertInto('audit_events').values(page).execute();
    after = last.id;
  }
  // Rows keep their ids; the next id must come after them.
  await sql`select setval(pg_get_serial_sequence('audit_events', 'id'), max(id)) from audit_events having max(id) is
    not null`.execute(to);
}

async function copyDetections(from: Kysely<Tables>, to: Transaction<Tables>): Promise<void> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await from
      .selectFrom('detections')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageRows)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return;
    const ids = page.map(({ id }) => id);
    const boxes = await from.selectFrom('detection_boxes').selectAll().where('detection_id', 'in', ids).execute();
    const references = await from.selectFrom('film_references').selectAll().where('detection_id', 'in', ids).execute();
    const films = await from.selectFrom('kept_films').selectAll().where('detection_id', 'in', ids).execute();
    const reviews = await from.selectFrom('reviews').selectAll().where('detection_id', 'in', ids).execute();
    const keys = await from.selectFrom('idempotency_keys').selectAll().where('detection_id', 'in', ids).execute();
    await to
      .insertInto('detections')
      .values(page.map((row) => ({ ...row, candidates: JSON.stringify(row.candidates) })))
      .execute();
    for (const batch of batches(boxes)) await to.insertInto('detection_boxes').values(batch).execute();
    for (const batch of batches(references)) await to.insertInto('film_references').values(batch).execute();
    for (const batch of batches(films)) await to.insertInto('kept_films').values(batch).execute();
    for (const batch of batches(reviews)) await to.insertInto('reviews').values(batch).execute();
    for (const batch of batches(keys)) await to.insertInto('idempotency_keys').values(batch).execute();
    after = last.id;
  }
}

async function assertSame(from: Kysely<Tables>, to: Kysely<Tables>): Promise<void> {
  const [source, target] = [await countAll(from), await countAll(to)];
  for (const table of copied) {
    if (source[table] !== target[table])
      throw new Error(`${table}: ${source[table]} rows in the source, ${target[table]} arrived; nothing was copied`);
  }
  const chain = await verify(to);
  const [fault] = chain.faults;
  if (fault !== undefined)
    throw new Error(
      `the chain has ${chain.faults.length} faults, the first: ${fault.id} ${fault.problem}; nothing was ` +
        `copied. Run \`log verify\` on the source.`,
    );
}

function batches<Row>(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / batchRows) }, (_, i) =>
    rows.slice(i * batchRows, (i + 1) * batchRows),
  );
}
