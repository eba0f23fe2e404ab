import type { Kysely } from 'kysely';
import { isUuid, type Tables } from '../database/index.js';
import type { FilmReferences, LoggedDetection } from './entry.js';
import { referencesOf } from './referenceColumns.js';
import { loggedColumns, loggedOf } from './row.js';

/** The references of these films, by row id. Rows without references, or with erased ones, are missing. */
export async function references(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FilmReferences>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('film_references').selectAll().where('detection_id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.detection_id, referencesOf(row)]));
}

const mostPriors = 50;

/**
 * Every other film of this film's patient: the same submitter and the same patientRef, since two senders may use one
 * reference for two patients. Newest study date first; films without a study date come last, by time of upload.
 *
 * @example
 * const earlier = await log.priors(id);
 * const sent = await log.references(earlier.map((row) => row.id));
 * const dates = earlier.map((row) => sent.get(row.id)?.studyDate); // undefined if none was sent
 */
export async function priors(db: Kysely<Tables>, id: string): Promise<readonly LoggedDetection[]> {
  if (!isUuid(id)) return [];
  const film = await db
    .selectFrom('film_references')
    .innerJoin('detections', 'detections.id', 'film_references.detection_id')
    .select(['submitter', 'patient_ref'])
    .where('detections.id', '=', id)
    .executeTakeFirst();
  if (film === undefined || film.patient_ref === null) return [];
  const rows = await db
    .selectFrom('film_references')
    .innerJoin('detections', 'detections.id', 'film_references.detection_id')
    .select(loggedColumns)
    .where('patient_ref', '=', film.patient_ref)
    .where('submitter', '=', film.submitter)
    .where('detections.id', '!=', id)
    .orderBy('study_date', (order) => order.desc().nullsLast())
    .orderBy('detections.id', 'desc')
    .limit(mostPriors)
    .execute();
  return rows.map(loggedOf);
}
