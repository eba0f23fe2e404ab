import { Type } from 'typebox';
import { answer, problemAnswers } from './answers.js';
import { NoQuerySchema } from './filter.js';

export const modelListSchema = {
  operationId: 'listModels',
  tags: ['models'],
  summary: 'The models that are served',
  querystring: NoQuerySchema,
  response: {
    200: {
      description: 'The models',
      content: { 'application/json': { schema: { type: 'object', required: ['items'], properties: { items: { type: 'array', items: { $ref: 'ModelSummary#' } } } } } },
    },
    ...problemAnswers(['bad-parameter']),
  },
};

export const modelSchema = {
  operationId: 'getModel',
  tags: ['models'],
  summary: 'One model: its spec, its card, its hashes',
  params: Type.Object({ name: Type.String({ description: 'Name of the model' }) }),
  querystring: NoQuerySchema,
  response: { 200: answer('The model', 'Model'), ...problemAnswers(['bad-parameter', 'unknown-model']) },
};
