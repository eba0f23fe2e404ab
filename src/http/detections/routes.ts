import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { DetectionFilter, LoggedDetection } from '../../log/index.js';
import { overlaySvg, viewAt } from '../../report/index.js';
import type { HttpContext } from '../dependencies.js';
import { cursorAfter, idBefore } from './cursor.js';
import { filterOf } from './filter.js';
import { detectionSeenBy } from './find.js';
import { listedText } from './listed.js';
import { callerOf } from '../access/access.js';
import { Problem } from '../errors/problems.js';
import { compressed } from '../plugins/compression.js';
import { detectionSchema, listSchema, overlaySchema, priorsSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;
const json = 'application/json; charset=utf-8';

/** What was answered, as it was logged. */
export const detectionRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log, films }, done) => {
  app.get('/v1/detections', { config: everyone, schema: listSchema, compress: compressed }, async (request, reply) => {
    const { limit, cursor, after, ...query } = request.query;
    const filter = filterOf(query, callerOf(request));
    if (after !== undefined) {
      if (cursor !== undefined)
        throw new Problem('bad-parameter', 'The query parameters “after” and “cursor” exclude each other.');
      return reply.type(json).send(await followed(after, limit, filter));
    }
    const before = cursor === undefined ? {} : { before: idBefore(cursor, filter) };
    // One more than asked for tells whether there is a next page.
    const rows = await log.list(filter, { limit: limit + 1, ...before });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? cursorAfter(last.id, filter) : null;
    if (nextCursor !== null) reply.header('link', `<${nextPageUrl(request, nextCursor)}>; rel="next"`);
    return reply.type(json).send(`{"items":${await listed(page)},"nextCursor":${JSON.stringify(nextCursor)}}`);
  });

  app.get('/v1/detections/:id', { config: everyone, schema: detectionSchema }, async (request, reply) => {
    const row = await find(request, request.params.id);
    const { minScore } = request.query;
    return reply.type(json).send(minScore === undefined ? row.reportText : JSON.stringify(viewAt(row, minScore)));
  });

  app.get('/v1/detections/:id/overlay.svg', { config: everyone, schema: overlaySchema }, async (request, reply) => {
    const { report } = await find(request, request.params.id);
    return reply.type('image/svg+xml; charset=utf-8').send(overlaySvg(report));
  });

  app.get(
    '/v1/detections/:id/priors',
    { config: everyone, schema: priorsSchema, compress: compressed },
    async (request, reply) => {
      const { id } = await find(request, request.params.id);
      const priors = await log.priors(id);
      return reply.type(json).send(`{"items":${await listed(priors)}}`);
    },
  );

  /** By position rather than by time: commits come in another order than uploads, and no row may be missed. */
  async function followed(after: number, limit: number, filter: DetectionFilter): Promise<string> {
    const rows = await log.following(after, limit, filter);
    const position = rows.at(-1)?.seq ?? after;
    return `{"items":${await listed(rows)},"nextCursor":null,"position":${position}}`;
  }

  function find(request: FastifyRequest, id: string): Promise<LoggedDetection> {
    return detectionSeenBy(callerOf(request), log, id);
  }

  /** The rows as a JSON array. */
  async function listed(rows: readonly LoggedDetection[]): Promise<string> {
    const available = await films.availability(rows.map(({ id }) => id));
    return `[${rows.map((row) => listedText(row, available.get(row.id))).join(',')}]`;
  }

  done();
};

/** The URL of this page with another cursor. */
function nextPageUrl(request: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
