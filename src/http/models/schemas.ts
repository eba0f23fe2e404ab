import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { NoQuerySchema } from '../detections/filterSchemas.js';

/** Shown for every model. */
export const modelFactsSchemas = {
  name: Type.String(),
  version: Type.String(),
  licence: Type.String(),
  intendedUse: Type.String(),
  threshold: Type.Number({ description: 'Operating point' }),
  classes: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Type.String({ description: 'Name shown to readers' }),
      colour: Type.String(),
      role: Type.Enum(['lesion', 'attribute'], { type: 'string' }),
    }),
  ),
};

export const modelListSchema = {
  operationId: 'listModels',
  tags: ['models'],
  summary: 'The models that are served',
  querystring: NoQuerySchema,
  response: {
    200: {
      description: 'The models',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['items'],
            properties: { items: { type: 'array', items: { $ref: 'ModelSummary#' } } },
          },
        },
      },
    },
  },
  problems: ['bad-parameter'],
} satisfies FastifySchema;

export const modelSchema = {
  operationId: 'getModel',
  tags: ['models'],
  summary: 'One model: its spec, its card, its hashes',
  params: Type.Object({ name: Type.String({ description: 'Name of the model' }) }),
  querystring: NoQuerySchema,
  response: { 200: answer('The model', 'Model') },
  problems: ['bad-parameter', 'unknown-model'],
} satisfies FastifySchema;
