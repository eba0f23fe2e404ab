import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { modelFactsSchemas } from '../models/schemas.js';

export const siteSchema = {
  operationId: 'getSite',
  tags: ['site'],
  summary: 'What holds for everybody here: the model, whether films are kept, whether accounts may be asked for',
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
    description: 'Whether films are kept on this server, to be shown again',
  }),
  keepDays: Type.Integer({ description: 'For how long they are kept' }),
  signUp: Type.Boolean({ description: 'Whether people may ask for an account themselves' }),
  notice: Type.String(),
  version: Type.String({ description: 'Of the service' }),
  sessionMinutes: Type.Number({ description: 'A session that is not used for so long ends' }),
  maxUploadBytes: Type.Integer(),
  model: Type.Object(
    {
      ...modelFactsSchemas,
      candidateFloor: Type.Number({ description: 'Candidates with a score below it are not kept' }),
    },
    { description: 'The model that is used where a request names none' },
  ),
});
