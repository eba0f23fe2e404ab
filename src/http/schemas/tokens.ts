import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from './answers.js';

export const logInSchema = {
  operationId: 'logIn',
  tags: ['tokens'],
  summary: 'A bearer token for name and password',
  body: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$', description: 'Name of a user' }),
      password: Type.String({ minLength: 1, maxLength: 1024, description: 'The user’s password' }),
    },
    { additionalProperties: false },
  ),
  response: {
    201: answer('The token', 'Token'),
  },
  problems: ['bad-request', 'bad-parameter', 'unauthenticated', 'upload-too-large', 'rate-limited', 'log-unavailable'],
} satisfies FastifySchema;

export const revokeSchema = {
  operationId: 'revokeToken',
  tags: ['tokens'],
  summary: 'Makes a token useless at once',
  description: 'Its owner may, and operators.',
  params: Type.Object({ jti: Type.String({ maxLength: 128, pattern: '^[\\w.-]+$', description: 'The token’s `jti`' }) }),
  response: { 204: { description: 'Revoked', type: 'null' } },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;
