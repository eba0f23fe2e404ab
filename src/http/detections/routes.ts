import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../auth/index.js';
import type { DetectionFilter, LoggedDetection } from '../../log/index.js';
import { overlaySvg, viewAt } from '../../report/index.js';
import type { HttpContext } from '../dependencies.js';
import { pageOf } from '../cursor.js';
import { cursorAfter, idOfCursor } from './cursor.js';
import { filterOf, maySeeReferences } from './filter.js';
import { detectionSeenBy } from './find.js';
import { listedText } from './listed.js';
import { callerOf } from '../access/access.js';
import { Problem } from '../errors/problems.js';
import { compressed } from '../plugins/compression.js';
import { detectionSchema, listSchema, overlaySchema, priorsSchema, referencesSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;
/** Those who read films: operators see no references. */
const readers = { roles: ['submitter', 'radiologist'] } as const;
const json = 'application/json; charset=utf-8';

/** Reports, as they were logged. */
export const detectionRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log, films }, done) => {
  app.get('/v1/detections', { config: everyone, schema: listSchema, compress: compressed }, async (request, reply) => {
    const { limit, cursor, after, sort, count, ...filters } = request.query;
    const caller = callerOf(request);
    const filter = filterOf(filters, caller);
    if (after !== undefined) {
      if (cursor !== undefined || sort !== '-createdAt' || count)
        throw new Problem('bad-parameter', 'The query parameter “after” excludes “cursor”, “sort” and “count”.');
      return reply.type(json).send(await followed(caller, filter, { after, limit }));
    }
    const query = { filter, sort };
    const start = cursor === undefined ? {} : { after: idOfCursor(cursor, query) };
    // Read before the rows: a row committed in between comes twice (listed and followed) rather than not at all.
    const position = count && cursor === undefined ? { position: await log.lastSeq() } : {};
    // One row more than asked for shows whether there is a next page.
    const rows = await log.list(filter, { limit: limit + 1, sort, ...start });
    const { items, nextCursor } = pageOf(rows, limit, ({ id }) => cursorAfter(id, query), { request, reply });
    const beside = { nextCursor, ...position, ...(count && { total: await log.count(filter) }) };
    return reply.type(json).send(`{"items":${await listed(caller, items)},${JSON.stringify(beside).slice(1)}`);
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
      return reply.type(json).send(`{"items":${await listed(callerOf(request), priors)}}`);
    },
  );

  app.get('/v1/detections/:id/references', { config: readers, schema: referencesSchema }, async (request, reply) => {
    const { id } = await find(request, request.params.id);
    const references = await log.references([id]);
    return reply.type(json).send(JSON.stringify(references.get(id) ?? {}));
  });

  /** By position rather than by time: rows aren't committed in the order of uploads, and none may be missed. */
  async function followed(
    caller: Principal,
    filter: DetectionFilter,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<string> {
    const { rows, position } = await log.following(after, limit, filter);
    return `{"items":${await listed(caller, rows)},"nextCursor":null,"position":${position}}`;
  }

  function find(request: FastifyRequest, id: string): Promise<LoggedDetection> {
    return detectionSeenBy(callerOf(request), log, id);
  }

  /** The rows as a JSON array. What a caller may not see is not even read. */
  async function listed(caller: Principal, rows: readonly LoggedDetection[]): Promise<string> {
    const ids = rows.map(({ id }) => id);
    const available = await films.availability(ids);
    const references = maySeeReferences(caller) ? await log.references(ids) : undefined;
    const items = rows.map((row) =>
      listedText(row, available.get(row.id), references && (references.get(row.id) ?? {})),
    );
    return `[${items.join(',')}]`;
  }

  done();
};
