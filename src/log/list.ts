import { type Kysely, sql } from 'kysely';
import { isUuid, type Tables } from '../database/index.js';
import { reportStates } from '../report/index.js';
import type { DetectionFilter, LoggedDetection } from './entry.js';
import { type Order, pageOfState, placeOf } from './listOrder.js';
import { matching } from './matching.js';
import { loggedColumns, loggedOf, type LoggedRow } from './row.js';

/** Orders of a list; `-` means descending. */
export const listSorts = ['-createdAt', 'createdAt', '-filmScore', 'filmScore', '-boxCount', 'boxCount'] as const;
export type ListSort = (typeof listSorts)[number];

export interface ListPage {
  readonly limit: number;
  /** Id of the last row of the previous page, in the same order. */
  readonly after?: string;
  /** Newest first if undefined. */
  readonly sort?: ListSort;
}

const orders = {
  '-createdAt': 'createdAt',
  createdAt: 'createdAt',
  '-filmScore': 'filmScore',
  filmScore: 'filmScore',
  '-boxCount': 'boxCount',
  boxCount: 'boxCount',
} as const satisfies Record<ListSort, Order>;

/**
 * One page. Films that were not analysed have neither score nor boxes and come last in either direction. Rows with the
 * same score or number of boxes are ordered by time. Throws TypeError if `after` is not a UUID.
 *
 * @example
 * const page = await log.list({ state: 'findings' }, { limit: 50, sort: '-filmScore' });
 * const last = page.at(-1);
 * const next = last && (await log.list({ state: 'findings' }, { limit: 50, sort: '-filmScore', after: last.id }));
 */
export async function list(
  db: Kysely<Tables>,
  filter: DetectionFilter,
  { limit, after, sort = '-createdAt' }: ListPage,
): Promise<readonly LoggedDetection[]> {
  if (after !== undefined && !isUuid(after)) throw new TypeError('a page starts at the id of a row');
  const order = orders[sort];
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const behind = after === undefined ? undefined : await placeIn(db, after, order);
  if (after !== undefined && behind === undefined) return [];
  const pages = statesIn(filter).flatMap((state) => {
    const page = pageOfState(matching(db, filter), { state, order, direction, behind, limit });
    return page === undefined ? [] : [page];
  });
  if (pages.length === 0) return [];
  const towards = sql.raw(direction);
  const { rows } = await sql<LoggedRow>`
    select ${sql.join(loggedColumns.map((column) => sql.ref(column)))}
    from (
      select detection_id, number from (${sql.join(pages, sql` union all `)}) as pages
      order by number ${towards} nulls last, detection_id ${towards}
      limit ${limit}
    ) as page
    inner join detections on detections.id = page.detection_id
    order by page.number ${towards} nulls last, page.detection_id ${towards}`.execute(db);
  return rows.map(loggedOf);
}

/** When ordering by time, the id alone gives the place, even if its row is gone. */
async function placeIn(db: Kysely<Tables>, id: string, order: Order) {
  return order === 'createdAt' ? { id, number: 0 } : placeOf(db, id, order);
}

/** Only films with findings have boxes, and only analysed films have scores. */
function statesIn({ state, class: name, minFilmScore }: DetectionFilter): readonly (typeof reportStates)[number][] {
  return reportStates.filter(
    (one) =>
      (state === undefined || one === state) &&
      (name === undefined || one === 'findings') &&
      (minFilmScore === undefined || one !== 'not-analysed'),
  );
}
