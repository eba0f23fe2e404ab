import type { Selectable } from 'kysely';
import type {
  DetectionBoxesTable,
  DetectionsTable,
  FilmReferencesTable,
  IdempotencyKeysTable,
} from '../database/index.js';
import { chainContent, chainHash, withoutExternalId } from './chain.js';
import { boxesOf, parseReport, projectionOf } from './row.js';
import { digestOf, keyText, nothing, referencesText } from './seal.js';

export interface Link {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** A row with everything that must agree with its report. */
export type ChainRow = Selectable<DetectionsTable> & {
  readonly references: Selectable<FilmReferencesTable> | undefined;
  readonly keys: readonly Selectable<IdempotencyKeysTable>[];
  readonly boxes: readonly DetectionBoxesTable[];
};

/** What is wrong between a row and the one before it. */
export function* linkProblems(before: Link, row: ChainRow): Generator<string> {
  if (row.seq === before.seq) yield `inserted: sequence number ${row.seq} appears twice in the chain`;
  else if (row.seq > before.seq + 1) yield `rows are missing before it: ${span(before.seq + 1, row.seq - 1)}`;
  else if (!same(row.previous_hash, before.hash)) yield 'it does not follow the row before it';
}

/** What is wrong within a row: content that doesn't match its hash, columns that contradict the report. */
export function* contentProblems(row: ChainRow): Generator<string> {
  const report = readReport(row.report);
  if (report === undefined) {
    yield 'its report is no longer a report';
    return;
  }
  // Most rows hold the very text that is in the chain: it need not be written again to be compared.
  if (report.externalId !== undefined || !isChained(row, row.report)) {
    const text = JSON.stringify(report);
    if (!isChained(row, report.externalId === undefined ? text : withoutExternalId(report)))
      yield 'its report or its candidates are not those that were logged';
    if (text !== row.report) yield 'its report is not written as it was answered';
  }
  const stored: Readonly<Record<string, unknown>> = row;
  for (const [column, value] of Object.entries(projectionOf(report)))
    if (!equal(stored[column], value)) yield `${column} is not what the report says`;
  if ((row.references?.external_id ?? null) !== (report.externalId ?? null))
    yield 'external_id is not what the report says';
  if (boxText(row.boxes) !== boxText(boxesOf(report))) yield 'detection_boxes are not those of the report';
  yield* sealProblems(row);
}

/** Whether the row's hash is that of its content with this text of the report. */
function isChained(row: ChainRow, chainedText: string): boolean {
  const content = chainContent({
    id: row.id,
    chainedText,
    candidates: row.candidates,
    candidateFloor: row.candidate_floor,
    referencesDigest: row.references_digest,
    keyDigest: row.key_digest,
  });
  return same(row.hash, chainHash(row.previous_hash, content));
}

/** Checks whose film it is, and which key answers with it. Rows older than migration 0008 can't tell. */
function* sealProblems({ references, keys, ...row }: ChainRow): Generator<string> {
  const { references_digest: referencesDigest, key_digest: keyDigest } = row;
  if (referencesDigest === null || keyDigest === null) return;
  if (references === undefined) {
    if (!same(referencesDigest, nothing) && row.references_erased_at === null)
      yield 'its references are missing, and were not erased';
  } else {
    const { detection_id: _, salt, ...columns } = references;
    if (!isSealed(referencesDigest, salt, referencesText(columns)))
      yield 'its references are not those that were logged';
  }
  if (!keys.every((key) => isSealed(keyDigest, key.salt, keyText(key))))
    yield 'an idempotency key that is not its own points to it';
}

function isSealed(digest: Uint8Array, salt: Uint8Array | null, text: string | undefined): boolean {
  return salt !== null && text !== undefined && same(digest, digestOf(salt, text));
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
  if (boxes.length === 0) return '';
  return boxes
    .map((box) => JSON.stringify([box.id, box.class, box.score, box.x, box.y, box.width, box.height]))
    .sort()
    .join();
}
