import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.js';
import type { DetectionFilter } from './entry.js';
import { matching } from './matching.js';

/** Beyond this many rows, only the daily sums are counted. */
const mostCounted = 10_000;

const dayMs = 24 * 60 * 60_000;

/**
 * How many rows match a filter, or null if counting would take long. State, model, submitter and time are counted from
 * the daily sums: exactly, and fast for any number of rows.
 *
 * @example
 * await log.count({ state: 'findings', from: new Date('2026-11-01') }); // 0
 */
export async function count(db: Kysely<Tables>, filter: DetectionFilter): Promise<number | null> {
  const { state, model, submitter, from, to, ...others } = filter;
  if (Object.keys(others).length > 0) return counted(db, filter);
  const firstDay = from && new Date(Math.ceil(from.getTime() / dayMs) * dayMs);
  const beyondDay = to && new Date(Math.floor(to.getTime() / dayMs) * dayMs);
  if (firstDay && beyondDay && firstDay > beyondDay) return counted(db, filter);
  const parts = [
    kept(db, filter, firstDay, beyondDay),
    ...(from && firstDay && from < firstDay ? [counted(db, { ...filter, to: firstDay })] : []),
    ...(to && beyondDay && beyondDay < to ? [counted(db, { ...filter, from: beyondDay })] : []),
  ];
  const films = await Promise.all(parts);
  return films.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}

async function counted(db: Kysely<Tables>, filter: DetectionFilter): Promise<number | null> {
  const { rows } = await db
    .selectFrom(
      matching(db, filter)
        .select('detection_id')
        .limit(mostCounted + 1)
        .as('found'),
    )
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return rows > mostCounted ? null : rows;
}

const columnOf = {
  findings: 'findings',
  'below-threshold': 'below_threshold',
  'not-analysed': 'not_analysed',
} as const satisfies Record<NonNullable<DetectionFilter['state']>, string>;

/** Films of whole days, from the daily sums. */
async function kept(db: Kysely<Tables>, filter: DetectionFilter, from?: Date, to?: Date): Promise<number> {
  const columns = filter.state === undefined ? Object.values(columnOf) : [columnOf[filter.state]];
  const films = columns.map((column) => sql`coalesce(sum(${sql.ref(column)}), 0)`);
  let query = db.selectFrom('film_tallies').select(sql<number>`(${sql.join(films, sql` + `)})::bigint`.as('films'));
  if (filter.model !== undefined) query = query.where('model_name', '=', filter.model);
  if (filter.submitter !== undefined) query = query.where('submitter', '=', filter.submitter);
  if (from !== undefined) query = query.where(sql<boolean>`day >= ${dayOf(from)}`);
  if (to !== undefined) query = query.where(sql<boolean>`day < ${dayOf(to)}`);
  return (await query.executeTakeFirstOrThrow()).films;
}

/** Not as text: Postgres can't parse JavaScript's notation of years beyond 9999. */
function dayOf(time: Date) {
  return sql`(to_timestamp(${time.getTime() / 1000}) at time zone 'UTC')::date`;
}
