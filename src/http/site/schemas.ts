import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { modelFactsSchemas } from '../models/schemas.js';

export const siteSchema = {
  operationId: 'getSite',
  tags: ['site'],
  summary: 'Facts about this service: the model, whether films are kept, whether sign-up is on',
  response: { 200: answer('The site', 'Site') },
  problems: ['log-unavailable'],
} satisfies FastifySchema;

export const changeSiteSchema = {
  operationId: 'changeSite',
  tags: ['site'],
  summary: 'Switches sign-up on or off',
  body: Type.Object(
    { signUp: Type.Boolean({ description: 'Whether people may ask for an account themselves' }) },
    { additionalProperties: false },
  ),
  response: { 200: answer('The site', 'Site') },
  problems: ['bad-request', 'bad-parameter', 'upload-too-large', 'log-unavailable'],
} satisfies FastifySchema;

export const SiteSchema = Type.Object({
  imageStore: Type.Enum(['none', 'disk'], {
    type: 'string',
    description: 'Whether films are kept on this server for viewing',
  }),
  keepDays: Type.Integer({ description: 'How long films are kept, in days' }),
  signUp: Type.Boolean({ description: 'Whether people may ask for an account themselves' }),
  notice: Type.String(),
  version: Type.String({ description: 'Version of the service' }),
  sessionMinutes: Type.Number({ description: 'A session ends after this time without use' }),
  maxUploadBytes: Type.Integer(),
  model: Type.Object(
    {
      ...modelFactsSchemas,
      candidateFloor: Type.Number({ description: 'Candidates with a raw score below it are not kept' }),
    },
    { description: 'The model used if a request names none' },
  ),
});
