import { type Kysely, sql, type Transaction } from 'kysely';
import { audit, isUuid, type Tables } from '../database/index.js';
import { withoutExternalId } from './chain.js';
import type { FilmReferences } from './entry.js';

type ErasureFilter = Pick<FilmReferences, 'patientRef' | 'externalId' | 'accessionNumber'> & { readonly id?: string };

/**
 * Erases what points to a patient: the references of the chosen rows, `externalId` in their reports, and the
 * idempotency keys they were sent with (often an exam number). Records who did it, in the same transaction. The chain
 * covers only salted digests, and the salts are erased too, so the chain stays valid.
 *
 * @returns how many rows held references.
 * @throws TypeError if nothing was chosen.
 *
 * @example
 * const rows = await log.eraseReferences({ patientRef: 'P-1' }, 'cli:anna');
 */
export async function eraseReferences(db: Kysely<Tables>, filter: ErasureFilter, actor: string): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const ids = await eraseRows(trx, filter);
    for (const id of ids) await eraseFromReport(trx, id);
    await eraseKeys(trx, ids, filter);
    await audit(trx, {
      code: 'references-erased',
      actor,
      requestId: null,
      address: null,
      detail: `${ids.length} rows`,
    });
    return ids.length;
  });
}

async function eraseRows(trx: Transaction<Tables>, filter: ErasureFilter): Promise<readonly string[]> {
  const chosen = (
    [
      ['patient_ref', filter.patientRef],
      ['accession_number', filter.accessionNumber],
      ['external_id', filter.externalId],
      ['detection_id', filter.id],
    ] as const
  ).filter(([, value]) => value !== undefined);
  if (chosen.length === 0) throw new TypeError('choose whose references to erase');
  if (filter.id !== undefined && !isUuid(filter.id)) return [];
  let query = trx.deleteFrom('film_references').returning('detection_id');
  for (const [column, value] of chosen) {
    if (value !== undefined) query = query.where(column, '=', value);
  }
  return (await query.execute()).map(({ detection_id }) => detection_id);
}

/** A row chosen by its id alone may have a key and no references. */
async function eraseKeys(trx: Transaction<Tables>, erased: readonly string[], filter: ErasureFilter): Promise<void> {
  const { id } = filter;
  const isNamedAlone = id !== undefined && isUuid(id) && Object.keys(filter).length === 1;
  const ids = isNamedAlone ? [id] : erased;
  if (ids.length > 0) await trx.deleteFrom('idempotency_keys').where('detection_id', 'in', ids).execute();
}

async function eraseFromReport(trx: Transaction<Tables>, id: string): Promise<void> {
  const { report } = await trx
    .selectFrom('detections')
    .select('report')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const parsed: unknown = JSON.parse(report);
  if (typeof parsed !== 'object' || parsed === null) throw new SyntaxError(`the row ${id} does not hold a report`);
  const erased = withoutExternalId(parsed);
  await trx
    .updateTable('detections')
    .set({ references_erased_at: sql<Date>`now()`, ...(erased !== report && { report: erased }) })
    .where('id', '=', id)
    .execute();
}
