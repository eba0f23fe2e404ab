import { createHash, timingSafeEqual } from 'node:crypto';
import type { DetectionFilter } from '../../log/index.js';
import { Problem } from '../errors/problems.js';

/**
 * A cursor is the id of the last row of a page and a hash over that id and the filters, so that one from
 * another query (or cut, or made up) is told apart. It protects from mistakes; rights never come from it.
 */
export function cursorAfter(id: string, filter: DetectionFilter): string {
  const bytes = bytesOf(id);
  return Buffer.concat([bytes, hashOf(bytes, filter)]).toString('base64url');
}

/** The id below which the next page begins. Throws `bad-cursor`. */
export function idBefore(cursor: string, filter: DetectionFilter): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const id = bytes.subarray(0, 16);
  // The text is compared as well: base64url has several spellings of the same bytes.
  if (
    bytes.length !== 32 ||
    bytes.toString('base64url') !== cursor ||
    !timingSafeEqual(bytes.subarray(16), hashOf(id, filter))
  ) {
    throw new Problem('bad-cursor', 'This cursor does not belong to this query.');
  }
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function hashOf(id: Buffer, filter: DetectionFilter): Buffer {
  const filters = JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(id).update(filters).digest().subarray(0, 16);
}
