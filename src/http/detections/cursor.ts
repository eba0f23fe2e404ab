import { createHash, timingSafeEqual } from 'node:crypto';
import type { DetectionFilter, ListSort } from '../../log/index.js';
import { Problem } from '../errors/problems.js';

/** The query of a list, without the page size. */
export interface ListedQuery {
  readonly filter: DetectionFilter;
  readonly sort: ListSort;
}

/**
 * A cursor is the id of the last row of a page and a hash of that id, the filters and the order, so that one from
 * another query, or a truncated or invented one, is recognised. It guards against mistakes; it never grants access.
 */
export function cursorAfter(id: string, query: ListedQuery): string {
  const bytes = bytesOf(id);
  return Buffer.concat([bytes, hashOf(bytes, query)]).toString('base64url');
}

/** The id after which the next page begins. Throws `bad-cursor`. */
export function idOfCursor(cursor: string, query: ListedQuery): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const id = bytes.subarray(0, 16);
  // Compare the text as well: base64url can spell the same bytes in several ways.
  if (
    bytes.length !== 32 ||
    bytes.toString('base64url') !== cursor ||
    !timingSafeEqual(bytes.subarray(16), hashOf(id, query))
  ) {
    throw new Problem('bad-cursor', 'This cursor does not belong to this query.');
  }
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function hashOf(id: Buffer, { filter, sort }: ListedQuery): Buffer {
  const filters = Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(id)
    .update(JSON.stringify([sort, filters]))
    .digest()
    .subarray(0, 16);
}
