import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { callerOf } from '../access/access.js';
import type { HttpContext } from '../dependencies.js';
import { detectionSeenBy } from '../detections/find.js';
import { Problem } from '../errors/problems.js';
import { checkpointsSchema, proofSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;

/** What shows that the log is as it was: signed checkpoints, and proofs of reports under them. */
export const logRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log, proofs }, done) => {
  app.get('/v1/log/checkpoints', { config: everyone, schema: checkpointsSchema }, async (request) => {
    const { limit, before } = request.query;
    const items = await proofs.listCheckpoints({ limit: limit + 1, ...(before !== undefined && { before }) });
    const page = items.slice(0, limit);
    return { items: page, nextBefore: items.length > limit ? (page.at(-1)?.size ?? null) : null };
  });

  app.get('/v1/detections/:id/proof', { config: everyone, schema: proofSchema }, async (request) => {
    const { id } = await detectionSeenBy(callerOf(request), log, request.params.id);
    const { size } = request.query;
    const proof = await proofs.proveDetection(id, size === undefined ? {} : { size });
    if (proof === 'not-found') throw new Problem('not-found', 'There is no such detection.');
    if (proof === 'not-yet')
      throw new Problem('not-proven-yet', 'No signed checkpoint covers this detection yet, or none of this size.');
    return proof;
  });
  done();
};
