import type { FastifySchema } from 'fastify';
import { answer, textAnswer } from '../description/answers.js';
import { reportExamples } from '../description/examples.js';
import { nextPageHeader } from '../cursor.js';
import { ExportQuerySchema, ListQuerySchema, NoQuerySchema, ViewQuerySchema } from './filterSchemas.js';
import { DetectionPathSchema } from './pathSchema.js';

export const listSchema = {
  operationId: 'listDetections',
  tags: ['detections'],
  summary: 'Reports, newest first unless `sort` says otherwise',
  description:
    'A submitter sees its own. The next page is at `Link: rel="next"`, or at `nextCursor` with the ' +
    "same filters and order. To follow the log without missing a row use `after`, never `from`: rows aren't " +
    'committed in the order in which films arrive.',
  querystring: ListQuerySchema,
  response: {
    200: answer('A page of reports', 'DetectionPage', undefined, nextPageHeader),
  },
  problems: ['bad-parameter', 'bad-cursor', 'query-too-slow', 'log-unavailable'],
} satisfies FastifySchema;

export const detectionSchema = {
  operationId: 'getDetection',
  tags: ['detections'],
  summary: 'One report, as it was logged',
  params: DetectionPathSchema,
  querystring: ViewQuerySchema,
  response: { 200: answer('The report, or a view of it', 'ReportView', reportExamples) },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const overlaySchema = {
  operationId: 'getOverlay',
  tags: ['detections'],
  summary: 'The report as a drawing to lay over the film',
  description: 'The viewBox is the upright film; its pixels are not included. All three states are drawn.',
  params: DetectionPathSchema,
  querystring: NoQuerySchema,
  response: { 200: textAnswer('The drawing', 'image/svg+xml') },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const priorsSchema = {
  operationId: 'listPriors',
  tags: ['detections'],
  summary: 'Other films of the same patient',
  description:
    'Earlier and later films of the same submitter with the same `patientRef`, at most 50: by `studyDate`, newest ' +
    'first, then films without a `studyDate`, by `createdAt`. A film without a `patientRef` has none.',
  params: DetectionPathSchema,
  querystring: NoQuerySchema,
  response: { 200: answer('Their reports', 'DetectionList') },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const referencesSchema = {
  operationId: 'getReferences',
  tags: ['detections'],
  summary: 'Whose film it is',
  description: 'What the sender said about it, without what was erased. For the sender and for radiologists.',
  params: DetectionPathSchema,
  querystring: NoQuerySchema,
  response: { 200: answer('What is known', 'FilmReferences') },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const exportSchema = {
  operationId: 'exportDetections',
  tags: ['detections'],
  summary: 'Reports by the thousand, streamed',
  description:
    'NDJSON: one report per line as logged, and a last line `{"complete":true,"rows":n}`. CSV: one line ' +
    'per reported box; a film without boxes has one line with its state. COCO: films that were not ' +
    'analysed are left out and counted in `info`, which comes last. If the export fails midway, the ' +
    'connection is cut.',
  querystring: ExportQuerySchema,
  response: {
    200: textAnswer('The export', 'text/csv', 'application/x-ndjson', 'application/json'),
  },
  problems: ['bad-parameter', 'query-too-slow', 'log-unavailable'],
} satisfies FastifySchema;
