import type { Kysely, SelectQueryBuilder } from 'kysely';
import { firstIdAt, type Tables } from '../database/index.js';
import type { DetectionFilter } from './entry.js';

/** The films that match a filter, as narrow rows (migrations/0011_listed_films.ts). */
export function matching(
  db: Kysely<Tables>,
  filter: DetectionFilter,
): SelectQueryBuilder<Tables, 'listed_films', object> {
  // Every film is listed under the class '', and under each class of its boxes.
  let query = db.selectFrom('listed_films').where('class', '=', filter.class ?? '');
  if (filter.class !== undefined) query = query.where('state', '=', 'findings');
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.model !== undefined) query = query.where('model_name', '=', filter.model);
  if (filter.minFilmScore !== undefined) query = query.where('film_score', '>=', filter.minFilmScore);
  if (filter.submitter !== undefined) query = query.where('submitter', '=', filter.submitter);
  // Times become ids, which the indexes hold.
  if (filter.from !== undefined) query = query.where('detection_id', '>=', firstIdAt(filter.from));
  if (filter.to !== undefined) query = query.where('detection_id', '<', firstIdAt(filter.to));
  const { sha256, reviewed } = filter;
  if (sha256 !== undefined) {
    query = query.where('detection_id', 'in', (eb) =>
      eb.selectFrom('detections').select('detections.id').where('image_sha256', '=', sha256),
    );
  }
  if (reviewed !== undefined) {
    query = query.where((eb) => {
      const reviews = eb
        .selectFrom('reviews')
        .select('reviews.id')
        .whereRef('reviews.detection_id', '=', 'listed_films.detection_id');
      return reviewed ? eb.exists(reviews) : eb.not(eb.exists(reviews));
    });
  }
  const references = [
    ['external_id', filter.externalId],
    ['patient_ref', filter.patientRef],
    ['accession_number', filter.accessionNumber],
  ] as const;
  for (const [column, value] of references) {
    if (value === undefined) continue;
    query = query.where('detection_id', 'in', (eb) =>
      eb.selectFrom('film_references').select('film_references.detection_id').where(column, '=', value),
    );
  }
  return query;
}
