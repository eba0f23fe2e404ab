import { type Kysely, sql, type Transaction } from 'kysely';
import { codeOf, ensurePartitions, isUuid, monthOf, type Tables, timeOfId } from '../database/index.js';
import { chainContent, withoutExternalId } from './chain.js';
import { ClaimLost, type DetectionEntry } from './entry.js';
import { referenceColumns } from './referenceColumns.js';
import { boxesOf, projectionOf } from './row.js';
import { type Seal, sealKey, sealReferences } from './seal.js';

/**
 * Logs one answer: row, boxes, references, chain and the end of the idempotency claim, in one transaction. Resolves
 * after COMMIT. Throws DatabaseUnavailable (nothing was logged or, if the connection broke during COMMIT itself, nobody
 * can know), ClaimLost, UnstorableText.
 */
export async function append(db: Kysely<Tables>, entry: DetectionEntry): Promise<void> {
  assertWhole(entry);
  for (let attempt = 1; ; attempt++) {
    try {
      await write(db, entry);
      return;
    } catch (error) {
      if (attempt === 3) throw error;
      if (lacksPartition(error)) await ensurePartitions(db, [monthOf(timeOfId(entry.report.id))]);
      else if (!wasRolledBackForOthers(error)) throw error;
    }
  }
}

async function write(db: Kysely<Tables>, entry: DetectionEntry): Promise<void> {
  // A single statement is a transaction by itself, which saves every answer three round trips.
  const key = sealKey(entry.report.submitter, entry.idempotency);
  if (entry.idempotency === undefined) return insert(db, entry, key);
  await db.transaction().execute(async (trx) => {
    await closeClaim(trx, entry, key);
    await insert(trx, entry, key);
  });
}

/**
 * References, boxes, chain and row in one statement: the chain's head is locked only for this statement and the commit.
 */
async function insert(
  db: Kysely<Tables>,
  { report, reportText, candidates, candidateFloor, references }: DetectionEntry,
  key: Seal,
): Promise<void> {
  const columns = referenceColumns(references);
  const { salt, digest } = sealReferences(columns);
  const digests = { referencesDigest: digest, keyDigest: key.digest };
  const content = chainContent({
    id: report.id,
    chainedText: withoutExternalId(report),
    candidates,
    candidateFloor,
    ...digests,
  });
  const boxes = boxesOf(report);
  await db
    .with('link', (qc) =>
      qc
        .updateTable('chain_head')
        .set((eb) => ({
          seq: eb('seq', '+', 1),
          previous_hash: eb.ref('hash'),
          hash: sql<Uint8Array>`sha256(${eb.ref('hash')} || ${content}::bytea)`,
        }))
        .returning(['seq', 'previous_hash', 'hash']),
    )
    .with('boxes', (qc) =>
      boxes.length > 0
        ? qc
            .insertInto('detection_boxes')
            .values([...boxes])
            .returning('id')
        : nothing(qc),
    )
    .with('referring', (qc) =>
      salt === null
        ? nothing(qc)
        : qc
            .insertInto('film_references')
            .values({ detection_id: report.id, ...columns, salt })
            .returning('detection_id as id'),
    )
    .insertInto('detections')
    .values((eb) => ({
      ...projectionOf(report),
      report: reportText,
      candidates: JSON.stringify(candidates),
      candidate_floor: candidateFloor,
      reviewed_at: null,
      references_digest: digests.referencesDigest,
      key_digest: digests.keyDigest,
      seq: eb.selectFrom('link').select('link.seq'),
      previous_hash: eb.selectFrom('link').select('link.previous_hash'),
      hash: eb.selectFrom('link').select('link.hash'),
    }))
    .execute();
}

/** No-op CTE when there is nothing to insert. */
function nothing(qc: Pick<Kysely<Tables>, 'selectNoFrom'>) {
  return qc.selectNoFrom(() => [sql<string>`null`.as('id')]);
}

async function closeClaim(
  trx: Transaction<Tables>,
  { idempotency, report }: DetectionEntry,
  { salt }: Seal,
): Promise<void> {
  if (idempotency === undefined) return;
  const { key, bodySha256 } = idempotency;
  const closed = await trx
    .insertInto('idempotency_keys')
    .values({
      submitter: report.submitter,
      key,
      body_sha256: bodySha256,
      expires_at: sql<Date>`now()`,
      detection_id: report.id,
      salt,
    })
    .onConflict((oc) =>
      oc
        .columns(['submitter', 'key'])
        .doUpdateSet({ detection_id: report.id, salt })
        .where('idempotency_keys.detection_id', 'is', null)
        .where('idempotency_keys.body_sha256', '=', bodySha256),
    )
    .executeTakeFirst();
  if (closed.numInsertedOrUpdatedRows !== 1n)
    throw new ClaimLost('this idempotency key was answered by another request in the meantime');
}

/** Catches mistakes of the caller before they become a row that contradicts itself. */
function assertWhole({ report, reportText, references }: DetectionEntry): void {
  if (JSON.stringify(report) !== reportText) throw new TypeError('reportText is not JSON.stringify(report)');
  if (!isUuid(report.id) || timeOfId(report.id).getTime() !== Date.parse(report.createdAt)) {
    throw new TypeError('createdAt is not the time in the id of the report');
  }
  if (report.externalId !== references.externalId)
    throw new TypeError('the externalId of the report is not that of the references');
}

/** check_violation without a constraint: the partition of this month doesn't exist yet. */
function lacksPartition(error: unknown): boolean {
  return (
    codeOf(error) === '23514' &&
    !(error instanceof Error && 'constraint' in error && typeof error.constraint === 'string')
  );
}

/** Deadlock or serialisation failure: fully rolled back and worth a retry. */
function wasRolledBackForOthers(error: unknown): boolean {
  const code = error instanceof Error ? codeOf(error.cause) : undefined;
  return code === '40P01' || code === '40001';
}
