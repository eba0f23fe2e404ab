import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Problem } from './errors/problems.js';

const hashBytes = 16;

/**
 * A cursor is where the last row of a page stands and a hash of that and of the query, so that one from another query,
 * or a truncated or invented one, is recognised. It guards against mistakes; it never grants access.
 *
 * @param query everything that decides which rows follow, as JSON can write it
 */
export function cursorAt(position: Buffer, query: unknown): string {
  return Buffer.concat([position, hashOf(position, query)]).toString('base64url');
}

/** Where the next page begins. Throws `bad-cursor`. */
export function positionOf(cursor: string, query: unknown): Buffer {
  const bytes = Buffer.from(cursor, 'base64url');
  const position = bytes.subarray(0, -hashBytes);
  // Compare the text as well: base64url can spell the same bytes in several ways.
  if (
    bytes.length <= hashBytes ||
    bytes.toString('base64url') !== cursor ||
    !timingSafeEqual(bytes.subarray(-hashBytes), hashOf(position, query))
  )
    throw new Problem('bad-cursor', 'This cursor does not belong to this query.');
  return position;
}

function hashOf(position: Buffer, query: unknown): Buffer {
  return createHash('sha256').update(position).update(JSON.stringify(query)).digest().subarray(0, hashBytes);
}

/** What every list takes. */
export const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'Rows per page' }),
  cursor: Type.Optional(
    Type.String({ maxLength: 512, description: '`nextCursor` of the previous page, with the same filters and order' }),
  ),
};

export const NextCursorSchema = Type.Union([Type.String(), Type.Null()], {
  description: 'null on the last page',
});

export const nextPageHeader = { Link: { type: 'string', description: '`rel="next"`, if there is a next page' } };

/**
 * One page of the rows that were read, which are one more than asked for if there is a next page. Sets the header that
 * leads there.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursorAfter: (last: Row) => string,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): { readonly items: readonly Row[]; readonly nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null };
  const nextCursor = cursorAfter(last);
  reply.header('link', `<${nextPageUrl(request, nextCursor)}>; rel="next"`);
  return { items, nextCursor };
}

/** The URL of this page with another cursor. */
function nextPageUrl(request: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
