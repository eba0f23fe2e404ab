import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ResultObject, resultObjects, type ResultObjects } from '../../dicom/index.js';
import { callerOf } from '../access/access.js';
import type { HttpContext } from '../dependencies.js';
import { Problem } from '../errors/problems.js';
import { presentationStateSchema, structuredReportSchema } from './dicomSchemas.js';
import { detectionSeenBy } from './find.js';
import { sourceOf } from './sourceOf.js';

/** Those who may know whose film it is: the objects say it. */
const readers = { roles: ['submitter', 'radiologist'] } as const;

/** Results as objects for the film's own study. */
export const dicomRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log, settings }, done) => {
  app.get(
    '/v1/detections/:id/dicom-sr',
    { config: readers, schema: structuredReportSchema },
    async (request, reply) => {
      const { sr } = await objectsOf(request, request.params.id);
      return sent(reply, 'sr', sr);
    },
  );

  app.get(
    '/v1/detections/:id/dicom-pr',
    { config: readers, schema: presentationStateSchema },
    async (request, reply) => {
      const { pr } = await objectsOf(request, request.params.id);
      if (pr === undefined) throw new Problem('no-dicom-result', 'The film was not decoded.');
      return sent(reply, 'pr', pr);
    },
  );

  async function objectsOf(request: FastifyRequest, rowId: string): Promise<ResultObjects> {
    const { id, report } = await detectionSeenBy(callerOf(request), log, rowId);
    const references = await log.references([id]);
    return resultObjects(report, sourceOf(report, references.get(id)), { softwareVersion: settings.version });
  }

  done();
};

/** No UID in the file's name: it may end up in a list of downloads. */
function sent(reply: FastifyReply, kind: string, { bytes }: ResultObject): FastifyReply {
  return reply
    .type('application/dicom')
    .header('content-disposition', `attachment; filename="${kind}.dcm"`)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
