import type { Kysely } from 'kysely';
import type { DetectionBoxesTable, Tables } from '../database/index.js';
import { chainContent, chainHash, genesis } from './chain.js';
import type { ChainFault } from './entry.js';
import { boxesOf, parseReport, projectionOf } from './row.js';

export interface ChainState {
  readonly rows: number;
  readonly faults: readonly ChainFault[];
  /** Kept outside of the database (with the date), it proves that nothing before it was exchanged later. */
  readonly head: { readonly seq: number; readonly hash: string };
}

const pageRows = 500;

/**
 * Rewalks the chain in the order of its links, while appends go on: rows changed, deleted and put in,
 * projections and boxes that say something else than the report, and a head that is not the last row's.
 */
export async function verify(db: Kysely<Tables>): Promise<ChainState> {
  const head = await db.selectFrom('chain_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
  const faults: ChainFault[] = [];
  let before: Link = { seq: 0, hash: genesis };
  let rows = 0;
  for await (const row of walk(db, head.seq)) {
    rows++;
    faults.push(...[...linkProblems(before, row), ...contentProblems(row)].map((problem) => ({ id: row.id, problem })));
    before = row;
  }
  if (before.seq < head.seq)
    faults.push({ id: 'chain_head', problem: `rows are missing at the end: ${span(before.seq + 1, head.seq)}` });
  else if (!same(before.hash, head.hash))
    faults.push({ id: 'chain_head', problem: 'the head is not the hash of the last row' });
  // One statement, so that rows appended during the walk are no fault.
  const beyond = await db
    .selectFrom('detections')
    .select('id')
    .where('seq', '>', (eb) => eb.selectFrom('chain_head').select('chain_head.seq'))
    .execute();
  faults.push(...beyond.map(({ id }) => ({ id, problem: 'put in behind the head of the chain' })));
  return { rows: rows + beyond.length, faults, head: { seq: head.seq, hash: Buffer.from(head.hash).toString('hex') } };
}

interface Link {
  readonly seq: number;
  readonly hash: Uint8Array;
}

type ChainRow = Awaited<ReturnType<typeof rowsAfter>>[number] & { readonly boxes: readonly DetectionBoxesTable[] };

async function* walk(db: Kysely<Tables>, lastSeq: number): AsyncGenerator<ChainRow, void> {
  let after = { seq: 0, id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const page = await rowsAfter(db, after, lastSeq);
    const last = page.at(-1);
    if (last === undefined) return;
    const boxes = await boxesByRow(
      db,
      page.map(({ id }) => id),
    );
    for (const row of page) yield { ...row, boxes: boxes.get(row.id) ?? [] };
    after = last;
  }
}

function rowsAfter(db: Kysely<Tables>, after: { readonly seq: number; readonly id: string }, lastSeq: number) {
  return db
    .selectFrom('detections')
    .leftJoin('film_references', 'film_references.detection_id', 'detections.id')
    .selectAll('detections')
    .select('film_references.external_id')
    .where((eb) =>
      eb.or([eb('seq', '>', after.seq), eb.and([eb('seq', '=', after.seq), eb('detections.id', '>', after.id)])]),
    )
    .where('seq', '<=', lastSeq)
    .orderBy('seq')
    .orderBy('detections.id')
    .limit(pageRows)
    .execute();
}

async function boxesByRow(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DetectionBoxesTable[]>> {
  const boxes = await db.selectFrom('detection_boxes').selectAll().where('detection_id', 'in', ids).execute();
  const byRow = new Map<string, DetectionBoxesTable[]>();
  for (const box of boxes) {
    const of = byRow.get(box.detection_id);
    if (of === undefined) byRow.set(box.detection_id, [box]);
    else of.push(box);
  }
  return byRow;
}

function* linkProblems(before: Link, row: ChainRow): Generator<string> {
  if (row.seq === before.seq) yield `put in: ${row.seq} stands twice in the chain`;
  else if (row.seq > before.seq + 1) yield `rows are missing before it: ${span(before.seq + 1, row.seq - 1)}`;
  else if (!same(row.previous_hash, before.hash)) yield 'it does not follow the row before it';
}

function* contentProblems(row: ChainRow): Generator<string> {
  const report = readReport(row.report);
  if (report === undefined) {
    yield 'its report is not a report any more';
    return;
  }
  const content = chainContent({
    id: row.id,
    report: row.report,
    candidates: row.candidates,
    candidateFloor: row.candidate_floor,
  });
  if (!same(row.hash, chainHash(row.previous_hash, content)))
    yield 'its report or its candidates are not those that were logged';
  if (JSON.stringify(report) !== row.report) yield 'its report is not written as it was answered';
  for (const [column, value] of Object.entries({ ...projectionOf(report), external_id: report.externalId ?? null })) {
    const stored: unknown = Object.entries(row).find(([name]) => name === column)?.[1];
    if (JSON.stringify(stored) !== JSON.stringify(value)) yield `${column} is not what the report says`;
  }
  if (boxText(row.boxes) !== boxText(boxesOf(report))) yield 'detection_boxes are not those of the report';
}

function readReport(text: string): ReturnType<typeof parseReport> {
  try {
    return parseReport(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function boxText(boxes: readonly DetectionBoxesTable[]): string {
  return boxes
    .map((box) => JSON.stringify([box.id, box.class, box.score, box.x, box.y, box.width, box.height]))
    .sort()
    .join();
}

function span(first: number, last: number): string {
  return first === last ? `${first}` : `${first}…${last}`;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
