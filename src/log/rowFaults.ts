import type { DetectionBoxesTable, DetectionsTable } from '../database/index.js';
import type { Selectable } from 'kysely';
import { chainContent, chainHash } from './chain.js';
import { boxesOf, parseReport, projectionOf } from './row.js';

export interface Link {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** A row with everything that must agree with its report. */
export type ChainRow = Selectable<DetectionsTable> & {
  readonly external_id: string | null;
  readonly boxes: readonly DetectionBoxesTable[];
};

/** What is wrong between a row and the one before it. */
export function* linkProblems(before: Link, row: ChainRow): Generator<string> {
  if (row.seq === before.seq) yield `put in: ${row.seq} stands twice in the chain`;
  else if (row.seq > before.seq + 1) yield `rows are missing before it: ${span(before.seq + 1, row.seq - 1)}`;
  else if (!same(row.previous_hash, before.hash)) yield 'it does not follow the row before it';
}

/** What is wrong in a row itself: content that is not under its hash, columns that contradict the report. */
export function* contentProblems(row: ChainRow): Generator<string> {
  const report = readReport(row.report);
  if (report === undefined) {
    yield 'its report is not a report any more';
    return;
  }
  const content = chainContent({
    id: row.id,
    report,
    candidates: row.candidates,
    candidateFloor: row.candidate_floor,
  });
  if (!same(row.hash, chainHash(row.previous_hash, content)))
    yield 'its report or its candidates are not those that were logged';
  if (JSON.stringify(report) !== row.report) yield 'its report is not written as it was answered';
  const stored: Readonly<Record<string, unknown>> = { ...row };
  for (const [column, value] of Object.entries({ ...projectionOf(report), external_id: report.externalId ?? null })) {
    if (!equal(stored[column], value)) yield `${column} is not what the report says`;
  }
  if (boxText(row.boxes) !== boxText(boxesOf(report))) yield 'detection_boxes are not those of the report';
}

export function span(first: number, last: number): string {
  return first === last ? `${first}` : `${first}…${last}`;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function equal(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b;
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
