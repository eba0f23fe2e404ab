import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { actorOf, callerOf } from '../access/access.js';
import type { HttpContext } from '../dependencies.js';
import { filterOf } from '../detections/filter.js';
import { exportSchema } from '../detections/schemas.js';
import { formats } from './formats.js';
import { streamOf } from './streamOf.js';

/** Rows by the thousand, streamed as fast as the client reads. */
export const detectionExportRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log }, done) => {
  // No HEAD: it would read every row to send none.
  app.get(
    '/v1/detection-exports',
    { config: { roles: ['operator'] }, schema: exportSchema, exposeHeadRoute: false },
    async (request, reply) => {
      const { format, ...query } = request.query;
      const caller = callerOf(request);
      const filter = filterOf(query, caller);
      await log.audit({ ...actorOf(request), code: 'exported', detail: format });
      const { write, mediaType, fileName } = formats[format];
      const stream = await streamOf(write(() => log.stream(filter)));
      return reply.type(mediaType).header('content-disposition', `attachment; filename="${fileName}"`).send(stream);
    },
  );
  done();
};
