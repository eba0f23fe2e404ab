import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import { firstIdAt, type Tables } from '../database/index.js';
import type { DetectionFilter } from './entry.js';

/** The rows that a filter lets through. */
export function matching(
  db: Kysely<Tables>,
  filter: DetectionFilter,
): SelectQueryBuilder<Tables, 'detections', object> {
  let query = db.selectFrom('detections');
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.model !== undefined) query = query.where('model_name', '=', filter.model);
  if (filter.minFilmScore !== undefined) {
    query = query.where('film_score', '>=', filter.minFilmScore);
    const within = rangeOf(filter.state, filter.minFilmScore);
    if (within !== undefined) query = query.where(within);
  }
  if (filter.submitter !== undefined) query = query.where('submitter', '=', filter.submitter);
  if (filter.sha256 !== undefined) query = query.where('image_sha256', '=', filter.sha256);
  if (filter.reviewed !== undefined) query = query.where('reviewed_at', filter.reviewed ? 'is not' : 'is', null);
  // Times as ids: the planner leaves out the partitions of other months.
  if (filter.from !== undefined) query = query.where('detections.id', '>=', firstIdAt(filter.from));
  if (filter.to !== undefined) query = query.where('detections.id', '<', firstIdAt(filter.to));
  const boxClass = filter.class;
  if (boxClass !== undefined) {
    query = query.where('detections.id', 'in', (eb) =>
      eb.selectFrom('detection_boxes').select('detection_id').where('class', '=', boxClass),
    );
  }
  const references = [
    ['external_id', filter.externalId],
    ['patient_ref', filter.patientRef],
    ['accession_number', filter.accessionNumber],
  ] as const;
  for (const [column, value] of references) {
    if (value === undefined) continue;
    query = query.where('detections.id', 'in', (eb) =>
      eb.selectFrom('film_references').select('detection_id').where(column, '=', value),
    );
  }
  return query;
}

/** Says nothing new, but tells the planner how scores are spread within the state. */
function rangeOf(state: DetectionFilter['state'], minFilmScore: number): RawBuilder<SqlBool> | undefined {
  if (state !== 'findings' && state !== 'below-threshold') return undefined;
  const [from, to] = state === 'findings' ? [2 + minFilmScore, 3] : [minFilmScore, 1];
  return sql<SqlBool>`${stateAndScore} between ${from} and ${to}`;
}

/**
 * State and score in one number, as in the index detections_by_state_and_score: 2…3 for scores of findings, 0…1 for
 * those below the threshold.
 */
export const stateAndScore = sql<number | null>`(case state
  when 'findings' then 2 + film_score when 'below-threshold' then film_score end)`;
