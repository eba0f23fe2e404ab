import { type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Tables } from '../database/index.js';
import { genesis, sha256 } from './chain.js';
import type { ChainFault } from './entry.js';
import { listFaults } from './listFaults.js';
import { type ChainRow, contentProblems, type Link, linkProblems, same, span } from './rowFaults.js';

/** The last row of the chain at some time: its number, and its hash in hex. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainState {
  readonly rows: number;
  readonly faults: readonly ChainFault[];
  /** Kept outside the database (with the date), it proves that nothing before it was replaced later. */
  readonly head: ChainHead;
}

export interface VerifyOptions {
  /** A head kept elsewhere: its row must still exist, with this hash. */
  readonly keptHead?: ChainHead;
  /** Called after each page: rows checked so far, and rows in the chain when the walk began. */
  readonly onProgress?: (rows: number, of: number) => void;
}

const pageRows = 500;

/**
 * Walks the chain in the order of its links, while appends continue. Finds rows that were changed, deleted or inserted,
 * projections and boxes that disagree with their report, references and keys of another film, films that lists show
 * differently, specs that don't match their hash, and a head that isn't the last row's. Time grows linearly with the
 * rows; two pages are in memory at a time.
 *
 * @example
 * const { faults, head } = await log.verify({ keptHead: { seq: 1200, hash: '9f86d0…' } });
 */
export async function verify(db: Kysely<Tables>, { keptHead, onProgress }: VerifyOptions = {}): Promise<ChainState> {
  const head = await db.selectFrom('chain_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
  const faults: ChainFault[] = [];
  const specs = new Set<string>();
  let before: Link = { seq: 0, hash: genesis };
  let rows = 0;
  for await (const page of pages(db, head.seq)) {
    for (const row of page) {
      for (const problem of [...linkProblems(before, row), ...contentProblems(row)])
        faults.push({ id: row.id, problem });
      if (row.seq === keptHead?.seq && before.seq !== row.seq) faults.push(...keptProblems(keptHead, row));
      specs.add(row.spec_sha256);
      before = row;
    }
    rows += page.length;
    onProgress?.(rows, head.seq);
  }
  if (before.seq < head.seq)
    faults.push({ id: 'chain_head', problem: `rows are missing at the end: ${span(before.seq + 1, head.seq)}` });
  else if (!same(before.hash, head.hash))
    faults.push({ id: 'chain_head', problem: 'the head is not the hash of the last row' });
  if (keptHead !== undefined && keptHead.seq > head.seq)
    faults.push({ id: 'chain_head', problem: `the chain ends at ${head.seq}, before the head that was kept` });
  const beyond = await beyondHead(db);
  faults.push(...beyond, ...(await listFaults(db, head.seq)), ...(await specProblems(db, specs)));
  return { rows: rows + beyond.length, faults, head: { seq: head.seq, hash: Buffer.from(head.hash).toString('hex') } };
}

function keptProblems(kept: ChainHead, row: ChainRow): ChainFault[] {
  if (Buffer.from(row.hash).toString('hex') === kept.hash.toLowerCase()) return [];
  return [{ id: row.id, problem: `the hash of row ${kept.seq} is not the one that was kept` }];
}

/** In one statement, so that rows appended during the walk aren't reported. */
async function beyondHead(db: Kysely<Tables>): Promise<ChainFault[]> {
  const rows = await db
    .selectFrom('detections')
    .select('id')
    .where('seq', '>', (eb) => eb.selectFrom('chain_head').select('chain_head.seq'))
    .execute();
  return rows.map(({ id }) => ({ id, problem: 'inserted after the head of the chain' }));
}

/** A row names its spec by hash: a spec must be stored under that hash, and match it. */
async function specProblems(db: Kysely<Tables>, named: ReadonlySet<string>): Promise<ChainFault[]> {
  const models = await db.selectFrom('models').select(['name', 'version', 'spec', 'spec_sha256']).execute();
  const stored = new Set(models.map(({ spec_sha256 }) => spec_sha256));
  return [
    ...models
      .filter(({ spec, spec_sha256 }) => sha256(spec).toString('hex') !== spec_sha256)
      .map(({ name, version }) => ({
        id: `${name} ${version}`,
        problem: 'the spec of this model is not under its hash',
      })),
    ...[...named]
      .filter((hash) => !stored.has(hash))
      .map((hash) => ({ id: `spec ${hash}`, problem: 'rows name this spec, and it is not there' })),
  ];
}

/** The database reads the next page while this process checks one. */
async function* pages(db: Kysely<Tables>, lastSeq: number): AsyncGenerator<readonly ChainRow[], void> {
  let next: Promise<readonly ChainRow[]> = pageAfter(
    db,
    { seq: 0, id: '00000000-0000-0000-0000-000000000000' },
    lastSeq,
  );
  for (;;) {
    const page = await next;
    const last = page.at(-1);
    if (last === undefined) return;
    next = pageAfter(db, last, lastSeq);
    // If the reader stops before the next page arrives, its failure doesn't matter.
    next.catch(() => undefined);
    yield page;
  }
}

interface Position {
  readonly seq: number;
  readonly id: string;
}

async function pageAfter(db: Kysely<Tables>, after: Position, lastSeq: number): Promise<readonly ChainRow[]> {
  const rows = await rowsAfter(db, after, lastSeq);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const boxes = byDetection(await db.selectFrom('detection_boxes').selectAll().where(isOneOf(ids)).execute());
  const references = byDetection(await db.selectFrom('film_references').selectAll().where(isOneOf(ids)).execute());
  const keys = byDetection(await db.selectFrom('idempotency_keys').selectAll().where(isOneOf(ids)).execute());
  return rows.map((row) => ({
    ...row,
    boxes: boxes.get(row.id) ?? [],
    references: references.get(row.id)?.[0],
    keys: keys.get(row.id) ?? [],
  }));
}

/** A single parameter for all ids: 500 separate ones take a while to write and to parse. */
function isOneOf(ids: readonly string[]): RawBuilder<SqlBool> {
  return sql`detection_id = any(${`{${ids.join()}}`}::uuid[])`;
}

function byDetection<Row extends { readonly detection_id: string | null }>(
  rows: readonly Row[],
): ReadonlyMap<string | null, readonly Row[]> {
  const groups = new Map<string | null, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.detection_id);
    if (group === undefined) groups.set(row.detection_id, [row]);
    else group.push(row);
  }
  return groups;
}

function rowsAfter(db: Kysely<Tables>, after: Position, lastSeq: number) {
  return (
    db
      .selectFrom('detections')
      .selectAll()
      // Redundant, but it lets an index on seq start here: without it every page reads from the first row.
      .where('seq', '>=', after.seq)
      .where((eb) => eb.or([eb('seq', '>', after.seq), eb.and([eb('seq', '=', after.seq), eb('id', '>', after.id)])]))
      .where('seq', '<=', lastSeq)
      .orderBy('seq')
      .orderBy('id')
      .limit(pageRows)
      .execute()
  );
}
