import type { DetectionFilter, ListSort } from '../../log/index.js';
import { cursorAt, positionOf } from '../cursor.js';

/** The query of a list, without the page size. */
export interface ListedQuery {
  readonly filter: DetectionFilter;
  readonly sort: ListSort;
}

/** Of the rows after the one with this id. */
export function cursorAfter(id: string, query: ListedQuery): string {
  return cursorAt(Buffer.from(id.replaceAll('-', ''), 'hex'), inOrder(query));
}

/** The id after which the next page begins. Throws `bad-cursor`. */
export function idOfCursor(cursor: string, query: ListedQuery): string {
  const hex = positionOf(cursor, inOrder(query)).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function inOrder({ filter, sort }: ListedQuery): unknown {
  return [sort, Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1))];
}
