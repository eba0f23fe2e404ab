import { type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { DetectionsTable, Tables } from '../database/index.js';
import type { matching } from './matching.js';

export type Direction = 'asc' | 'desc';
export type Order = 'createdAt' | 'filmScore' | 'boxCount';
type State = DetectionsTable['state'];
type Films = ReturnType<typeof matching>;

/** A row's place in an order. Rows with the same number are ordered by id; those without a number come last. */
export interface Place {
  readonly id: string;
  readonly number: number | null;
}

export interface StatePage {
  readonly state: State;
  readonly order: Order;
  readonly direction: Direction;
  /** Rows up to and including this one are left out. */
  readonly behind: Place | undefined;
  readonly limit: number;
}

/** What orders the rows of a state: an indexed column, or a number that all of them share. */
type Numbering = { readonly column: 'film_score' | 'box_count' } | { readonly constant: number | null };

/**
 * The first ids of a state in an order, with the number they are ordered by. One state at a time, since each has its
 * own statistics: over all states at once, the planner walks a million films below the threshold to find that none has
 * a score of .9. Undefined if the state has no rows after the place.
 */
export function pageOfState(
  films: Films,
  { state, order, direction, behind, limit }: StatePage,
): RawBuilder<unknown> | undefined {
  const numbering = numberingOf(state, order);
  const further = behind === undefined ? 'all' : beyond(numbering, behind, direction);
  if (further === 'none') return undefined;
  const number = 'column' in numbering ? sql.ref<number>(numbering.column) : constantOf(numbering);
  let page = films.where('state', '=', state).select(['detection_id', number.as('number')]);
  if (further !== 'all') page = page.where(further);
  if ('column' in numbering) page = page.orderBy(numbering.column, direction);
  return sql`${page.orderBy('detection_id', direction).limit(limit)}`;
}

/** Undefined if there is no such row. */
export async function placeOf(db: Kysely<Tables>, id: string, order: Order): Promise<Place | undefined> {
  const row = await db
    .selectFrom('listed_films')
    .select(['state', 'film_score', 'box_count'])
    .where('class', '=', '')
    .where('detection_id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const numbering = numberingOf(row.state, order);
  return { id, number: 'column' in numbering ? row[numbering.column] : numbering.constant };
}

/** Films that were not analysed have neither score nor boxes; films below the threshold have no boxes. */
function numberingOf(state: State, order: Order): Numbering {
  if (order === 'createdAt') return { constant: 0 };
  if (state === 'not-analysed') return { constant: null };
  if (order === 'filmScore') return { column: 'film_score' };
  return state === 'findings' ? { column: 'box_count' } : { constant: 0 };
}

function constantOf({ constant }: { readonly constant: number | null }): RawBuilder<number> {
  return sql`${constant}::integer`;
}

function beyond(
  numbering: Numbering,
  { id, number }: Place,
  direction: Direction,
): RawBuilder<SqlBool> | 'all' | 'none' {
  const further = direction === 'desc' ? sql`<` : sql`>`;
  if ('column' in numbering) {
    if (number === null) return 'none';
    const type = numbering.column === 'film_score' ? sql`double precision` : sql`integer`;
    return sql`(${sql.ref(numbering.column)}, detection_id) ${further} (${number}::${type}, ${id}::uuid)`;
  }
  const { constant } = numbering;
  if (constant === number) return sql`detection_id ${further} ${id}::uuid`;
  if (constant === null) return 'all';
  if (number === null) return 'none';
  return (direction === 'desc' ? constant < number : constant > number) ? 'all' : 'none';
}
