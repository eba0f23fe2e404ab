import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer, textAnswer } from '../description/answers.js';
import { reportExamples } from '../description/examples.js';
import { ExportQuerySchema, ListQuerySchema, NoQuerySchema, ViewQuerySchema } from './filterSchemas.js';

const DetectionPath = Type.Object({ id: Type.String({ description: 'Id of the report' }) });

export const listSchema = {
  operationId: 'listDetections',
  tags: ['detections'],
  summary: 'Reports, newest first',
  description:
    'A submitter sees its own. The next page is at `Link: rel="next"`, or at `nextCursor` with the ' +
    'same filters. To follow the log without missing a row use `after`, never `from`: rows are ' +
    'committed in another order than films arrive.',
  querystring: ListQuerySchema,
  response: {
    200: answer('A page of reports', 'DetectionPage', undefined, {
      Link: { type: 'string', description: '`rel="next"`, where there is a next page' },
    }),
  },
  problems: ['bad-parameter', 'bad-cursor', 'query-too-slow', 'log-unavailable'],
} satisfies FastifySchema;

export const detectionSchema = {
  operationId: 'getDetection',
  tags: ['detections'],
  summary: 'One report, as it was logged',
  params: DetectionPath,
  querystring: ViewQuerySchema,
  response: { 200: answer('The report, or a view of it', 'ReportView', reportExamples) },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const overlaySchema = {
  operationId: 'getOverlay',
  tags: ['detections'],
  summary: 'The report as a drawing to lay over the film',
  description: 'The viewBox is the film, upright; there are no pixels of the film in it. All three states are drawn.',
  params: DetectionPath,
  querystring: NoQuerySchema,
  response: { 200: textAnswer('The drawing', 'image/svg+xml') },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const priorsSchema = {
  operationId: 'listPriors',
  tags: ['detections'],
  summary: 'Earlier films of the same patient',
  description:
    'Those of the same submitter with the same `patientRef`, newest first, at most 50. Without a ' +
    '`patientRef` there are none.',
  params: DetectionPath,
  querystring: NoQuerySchema,
  response: { 200: answer('Their reports', 'DetectionList') },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const exportSchema = {
  operationId: 'exportDetections',
  tags: ['detections'],
  summary: 'Reports by the thousand, streamed',
  description:
    'NDJSON: one report a line as logged, and a last line `{"complete":true,"rows":n}`. CSV: one line ' +
    'a reported box; a film without boxes has one line with its state. COCO: films that were not ' +
    'analysed are left out and counted in `info`, which comes last. A failure on the way cuts the ' +
    'connection.',
  querystring: ExportQuerySchema,
  response: {
    200: textAnswer('The export', 'text/csv', 'application/x-ndjson', 'application/json'),
  },
  problems: ['bad-parameter', 'query-too-slow', 'log-unavailable'],
} satisfies FastifySchema;
