import type { FastifySchema } from 'fastify';
import { answer, textAnswer } from '../description/answers.js';

export const liveSchema = {
  operationId: 'isLive',
  tags: ['operations'],
  summary: 'Whether the process answers',
  response: { 200: answer('It does', 'Liveness') },
} satisfies FastifySchema;

export const readySchema = {
  operationId: 'isReady',
  tags: ['operations'],
  summary: 'Whether films can be analysed and logged now',
  description:
    "Names the engine's state and provider, the database and what a committed row in it survives, and the models.",
  response: { 200: answer('They can', 'Readiness') },
  problems: ['not-ready'],
} satisfies FastifySchema;

export const metricsSchema = {
  operationId: 'getMetrics',
  tags: ['operations'],
  summary: 'Metrics',
  description: 'OpenMetrics if `Accept` asks for it, otherwise the older Prometheus text.',
  response: { 200: textAnswer('The metrics', 'application/openmetrics-text', 'text/plain') },
} satisfies FastifySchema;
