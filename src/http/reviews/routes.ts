import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { actorOf, callerOf } from '../access/access.js';
import type { HttpContext } from '../dependencies.js';
import { detectionSeenBy } from '../detections/find.js';
import { addReviewSchema, listReviewsSchema } from './schemas.js';

/** 500 boxes with coordinates of many digits are about 100 kB. */
const bodyLimit = 256 * 1024;

/** What readers said of reports: radiologists write, and everyone who may see a report reads. */
export const reviewRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log, reviews }, done) => {
  app.post(
    '/v1/detections/:id/reviews',
    { config: { roles: ['radiologist'] }, schema: addReviewSchema, bodyLimit },
    async (request, reply) => {
      const caller = callerOf(request);
      const row = await detectionSeenBy(caller, log, request.params.id);
      const requestKey = request.headers['idempotency-key']?.toLowerCase();
      const { review, replayed } = await reviews.addReview(row, request.body, {
        reader: caller.name,
        madeIn: 'page',
        actor: actorOf(request),
        ...(requestKey !== undefined && { requestKey }),
      });
      if (replayed) reply.header('idempotency-replayed', 'true');
      return reply.code(replayed ? 200 : 201).send(review);
    },
  );

  app.get(
    '/v1/detections/:id/reviews',
    { config: { roles: ['submitter', 'radiologist', 'operator'] }, schema: listReviewsSchema },
    async (request) => {
      const { id } = await detectionSeenBy(callerOf(request), log, request.params.id);
      return { items: (await reviews.reviewsOf([id])).get(id) ?? [] };
    },
  );
  done();
};
