import { type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely';
import { isUuid, type Tables } from '../database/index.js';
import type { DetectionFilter, LoggedDetection } from './entry.js';
import { matching, stateAndScore } from './matching.js';
import { loggedColumns, loggedOf } from './row.js';

/** Orders of a list; `-` is from the highest down. */
export const listSorts = ['-createdAt', 'createdAt', '-filmScore', 'filmScore', '-boxCount', 'boxCount'] as const;
export type ListSort = (typeof listSorts)[number];

export interface ListPage {
  readonly limit: number;
  /** The id of the last row of the page before, in the same order. */
  readonly after?: string;
  /** Newest first if undefined. */
  readonly sort?: ListSort;
}

type Direction = 'asc' | 'desc';
type Rows = ReturnType<typeof matching>;

/**
 * One page. Films that were not analysed have neither score nor boxes, and come last in either direction. Rows of the
 * same score or number of boxes are in the order of their time. Throws TypeError when `after` is no UUID.
 */
export async function list(
  db: Kysely<Tables>,
  filter: DetectionFilter,
  { limit, after, sort = '-createdAt' }: ListPage,
): Promise<readonly LoggedDetection[]> {
  if (after !== undefined && !isUuid(after)) throw new TypeError('a page starts at the id of a row');
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const rows = matching(db, filter);
  if (sort === 'createdAt' || sort === '-createdAt') return byTime(rows, { limit, after, direction });
  const number = sort === 'filmScore' || sort === '-filmScore' ? scoreIn(filter) : boxCountIn(filter);
  const place = after === undefined ? undefined : await placeOf(db, after, number);
  if (after !== undefined && place === undefined) return [];
  const page = place?.number === null ? [] : await byNumber(rows, { limit, number, place, direction });
  if (page.length === limit || !mayHoldUnanalysed(filter)) return page;
  const unanalysed = rows.where('state', '=', 'not-analysed');
  const behind = place?.number === null ? place.id : undefined;
  return [...page, ...(await byTime(unanalysed, { limit: limit - page.length, after: behind, direction }))];
}

interface TimePage {
  readonly limit: number;
  readonly after: string | undefined;
  readonly direction: Direction;
}

async function byTime(rows: Rows, { limit, after, direction }: TimePage): Promise<readonly LoggedDetection[]> {
  const further = after === undefined ? rows : rows.where('detections.id', direction === 'desc' ? '<' : '>', after);
  return (await further.select(loggedColumns).orderBy('detections.id', direction).limit(limit).execute()).map(loggedOf);
}

/** What rows are ordered by: an expression that an index has, and what the filter says of it. */
interface Ordering {
  readonly by: RawBuilder<number | null>;
  readonly within: RawBuilder<SqlBool>;
}

/** Where a row stands in an order. */
interface Place {
  readonly id: string;
  readonly number: number | null;
}

async function placeOf(db: Kysely<Tables>, id: string, { by }: Ordering): Promise<Place | undefined> {
  return db
    .selectFrom('detections')
    .select(['id', by.as('number')])
    .where('id', '=', id)
    .executeTakeFirst();
}

interface NumberPage {
  readonly limit: number;
  readonly number: Ordering;
  readonly place: Place | undefined;
  readonly direction: Direction;
}

async function byNumber(rows: Rows, { limit, number, place, direction }: NumberPage) {
  let further = rows.where(number.within);
  if (place !== undefined) {
    const beyond = direction === 'desc' ? sql`<` : sql`>`;
    further = further.where(
      sql<SqlBool>`(${number.by}, detections.id) ${beyond} (${place.number}::double precision, ${place.id}::uuid)`,
    );
  }
  const page = further.select(loggedColumns).orderBy(number.by, direction).orderBy('detections.id', direction);
  return (await page.limit(limit).execute()).map(loggedOf);
}

/** Within a state by the index that has both, which holds the rows of the state side by side. */
function scoreIn(filter: DetectionFilter): Ordering {
  const state = stateIn(filter);
  if (state === 'findings') return { by: stateAndScore, within: sql`${stateAndScore} between 2 and 3` };
  if (state === 'below-threshold') return { by: stateAndScore, within: sql`${stateAndScore} between 0 and 1` };
  return { by: sql`film_score`, within: sql`film_score is not null` };
}

/** A report with findings has boxes, and one below the threshold has none. */
function boxCountIn(filter: DetectionFilter): Ordering {
  const state = stateIn(filter);
  const by = sql<number | null>`box_count_of(report)`;
  if (state === 'findings') return { by, within: sql`${by} >= 1` };
  if (state === 'below-threshold') return { by, within: sql`${by} = 0` };
  return { by, within: sql`${by} is not null` };
}

/** Reported boxes are findings: looking for them among all scores would read every film below the threshold first. */
function stateIn({ state, class: name }: DetectionFilter): DetectionFilter['state'] {
  return name === undefined ? state : 'findings';
}

/** Boxes and scores are of films that were analysed. */
function mayHoldUnanalysed({ state, class: name, minFilmScore }: DetectionFilter): boolean {
  return (state === undefined || state === 'not-analysed') && name === undefined && minFilmScore === undefined;
}
