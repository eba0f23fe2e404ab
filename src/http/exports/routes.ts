import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { HttpContext } from '../dependencies.js';
import { filterOf } from '../detections/filter.js';
import { coco } from './coco.js';
import { csv } from './csv.js';
import { ndjson } from './ndjson.js';
import { type ExportFormat, streamOf } from './rows.js';
import { callerOf } from '../access/access.js';
import { exportSchema } from '../detections/schemas.js';
import type { exportFormats } from '../detections/filterSchemas.js';

const formats: Readonly<
  Record<(typeof exportFormats)[number], { readonly write: ExportFormat; readonly mediaType: string }>
> = {
  csv: { write: csv, mediaType: 'text/csv; charset=utf-8; header=present' },
  ndjson: { write: ndjson, mediaType: 'application/x-ndjson; charset=utf-8' },
  coco: { write: coco, mediaType: 'application/json; charset=utf-8' },
};

/** Rows by the thousand, streamed as fast as they are taken. */
export const detectionExportRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log }, done) => {
  // No HEAD: it would read every row to send none.
  app.get(
    '/v1/detection-exports',
    { config: { roles: ['operator'] }, schema: exportSchema, exposeHeadRoute: false },
    async (request, reply) => {
      const { format, ...query } = request.query;
      const caller = callerOf(request);
      const filter = filterOf(query, caller);
      await log.audit({ code: 'exported', actor: caller.name, requestId: request.id, detail: format });
      const { write, mediaType } = formats[format];
      const stream = await streamOf(write(() => log.stream(filter)));
      return reply
        .type(mediaType)
        .header('content-disposition', `attachment; filename="detections.${format === 'coco' ? 'json' : format}"`)
        .send(stream);
    },
  );
  done();
};
