import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { ReviewInputSchema } from '../../reviews/index.js';
import { answer } from '../description/answers.js';
import { NoQuerySchema } from '../detections/filterSchemas.js';
import { DetectionPathSchema } from '../detections/pathSchema.js';

export const addReviewSchema = {
  operationId: 'addReview',
  tags: ['reviews'],
  summary: 'Says what is right and wrong about a report',
  description:
    'A review is never changed: a further one stands beside it, and those of two readers are never merged. Of a film ' +
    'that was not analysed only `filmVerdict` and `comment` can be said. Every review is in the audit, with its hash.',
  params: DetectionPathSchema,
  querystring: NoQuerySchema,
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
        description:
          'Makes retries safe: the same key of the same reader with the same review gets 200 and the review as ' +
          'recorded. A UUID, since it is kept with the review for good and must point to nobody',
      }),
    ),
  }),
  body: ReviewInputSchema,
  response: {
    200: answer('The review that this Idempotency-Key brought before', 'Review', undefined, {
      'Idempotency-Replayed': { type: 'string', description: '`true`' },
    }),
    201: answer('The review, as it was recorded', 'Review'),
  },
  problems: [
    'bad-request',
    'bad-parameter',
    'not-found',
    'upload-too-large',
    'bad-review',
    'box-outside-film',
    'film-not-analysed',
    'idempotency-mismatch',
    'too-many-boxes',
    'unknown-box',
    'unknown-class',
    'log-unavailable',
  ],
} satisfies FastifySchema;

export const listReviewsSchema = {
  operationId: 'listReviews',
  tags: ['reviews'],
  summary: 'What readers said about a report, oldest first',
  params: DetectionPathSchema,
  querystring: NoQuerySchema,
  response: { 200: answer('All its reviews', 'ReviewList') },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

export const ReviewListSchema = Type.Object({ items: Type.Array(Type.Unsafe({ $ref: 'Review#' })) });
