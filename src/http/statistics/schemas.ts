import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer, textAnswer } from '../description/answers.js';
import { NoQuerySchema, StatisticsQuerySchema } from '../detections/filterSchemas.js';

export const statisticsSchema = {
  operationId: 'getStatistics',
  tags: ['statistics'],
  summary: 'Number of films, their states, times and scores',
  description: 'By day (UTC), model and submitter. Without `from`, the last 30 days; at most 366 days.',
  querystring: StatisticsQuerySchema,
  response: { 200: answer('The statistics', 'Statistics') },
  problems: ['bad-parameter', 'query-too-slow'],
} satisfies FastifySchema;

const plots = ['volume', 'states', 'latency', 'scores'] as const;
export type Plot = (typeof plots)[number];

export const plotSchema = {
  operationId: 'getPlot',
  tags: ['statistics'],
  summary: 'The statistics as a plot',
  description: 'By day (UTC), or by hour if the period is two days or less.',
  params: Type.Object({ plot: Type.Enum([...plots], { type: 'string', description: 'What to plot' }) }),
  querystring: StatisticsQuerySchema,
  response: { 200: textAnswer('The drawing', 'image/svg+xml') },
  problems: ['bad-parameter', 'query-too-slow'],
} satisfies FastifySchema;

export const tailSchema = {
  operationId: 'followDetections',
  tags: ['statistics'],
  summary: 'Rows as they are logged',
  description:
    'Server-sent events `detection` with `{ id, createdAt, state, reason, model, submitter, ' +
    'filmScore, boxCount, latencyMs }`, from now on or after `Last-Event-ID`, from all replicas. ' +
    'Ends when the session, the token or the service ends.',
  querystring: NoQuerySchema,
  headers: Type.Object({
    'last-event-id': Type.Optional(Type.String({ description: 'Browsers send it when they reconnect' })),
  }),
  response: { 200: textAnswer('The events', 'text/event-stream') },
  problems: ['bad-parameter', 'rate-limited'],
} satisfies FastifySchema;

const tally = {
  findings: Type.Integer(),
  belowThreshold: Type.Integer(),
  notAnalysed: Type.Integer(),
  latencyMs: Type.Union([Type.Object({ p50: Type.Number(), p95: Type.Number() }), Type.Null()], {
    description: 'For analysed films, from acceptance to boxes',
  }),
  scoreDeciles: Type.Union([Type.Array(Type.Number(), { minItems: 9, maxItems: 9 }), Type.Null()], {
    description: 'The 1st to the 9th decile of the film scores',
  }),
};

export const StatisticsSchema = Type.Object({
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time' }),
  total: Type.Object(tally),
  days: Type.Array(
    Type.Object({
      day: Type.String({ format: 'date', description: 'UTC; days without films are left out' }),
      ...tally,
    }),
  ),
  models: Type.Array(Type.Object({ name: Type.String(), version: Type.String(), ...tally })),
  submitters: Type.Array(Type.Object({ name: Type.String(), ...tally })),
  reasons: Type.Array(
    Type.Object({ code: Type.String({ description: 'Why films were not analysed' }), films: Type.Integer() }),
  ),
});
