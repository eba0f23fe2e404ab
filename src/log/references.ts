import type { Kysely } from 'kysely';
import { isUuid, type Tables } from '../database/index.js';
import type { FilmReferences, LoggedDetection } from './entry.js';
import { referencesOf } from './referenceColumns.js';
import { loggedColumns, loggedOf } from './row.js';

/** What tells whose films these are, by the id of the row; none for rows without, or whose references were erased. */
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
 * Every other film of this one's patient: of the same submitter with the same patientRef, since two senders may call
 * two patients the same. By study date, newest first; films without one come behind those, by time of upload.
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
