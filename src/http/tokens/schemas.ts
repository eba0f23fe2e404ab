import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { NameSchema, PasswordSchema, RoleSchema } from '../users/credentialSchemas.js';
import { nextPageHeader, NextCursorSchema } from '../cursor.js';
import { PageQuerySchema } from '../detections/filterSchemas.js';

const closed = { additionalProperties: false } as const;
const logIn = Type.Object({ name: NameSchema, password: PasswordSchema }, { ...closed, title: 'LogIn' });
const wanted = Type.Object(
  {
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
        description: 'What the token is for',
      }),
    ),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 1096, description: '90 if left out' })),
    user: Type.Optional(NameSchema),
    role: Type.Optional(RoleSchema),
  },
  { ...closed, title: 'WantedToken' },
);

export const issueTokenSchema = {
  operationId: 'logIn',
  tags: ['tokens'],
  summary: 'Issues a bearer token, for name and password or in a session',
  description:
    'With `name` and `password` it is valid for some hours. In a session (without them) it is valid for ' +
    '`expiresInDays` and has a `label`; an operator may name another `user`, or a machine with its ' +
    '`role`.',
  body: Type.Object({ ...Type.Partial(logIn).properties, ...wanted.properties }, closed),
  describedBody: Type.Union([logIn, wanted]),
  response: {
    201: answer('The token, shown only once', 'Token'),
  },
  problems: [
    'bad-request',
    'bad-parameter',
    'unauthenticated',
    'forbidden',
    'csrf',
    'upload-too-large',
    'rate-limited',
    'log-unavailable',
  ],
} satisfies FastifySchema;

export const listTokensSchema = {
  operationId: 'listTokens',
  tags: ['tokens'],
  summary: 'Issued tokens, newest first',
  description: "The caller's own; for operators, all. The tokens themselves are not kept.",
  querystring: PageQuerySchema,
  response: { 200: answer('A page of tokens', 'TokenList', undefined, nextPageHeader) },
  problems: ['bad-parameter', 'bad-cursor'],
} satisfies FastifySchema;

export const revokeSchema = {
  operationId: 'revokeToken',
  tags: ['tokens'],
  summary: 'Revokes a token immediately',
  description: 'For its owner and for operators.',
  params: Type.Object({
    jti: Type.String({ maxLength: 128, pattern: '^[\\w.-]+$', description: "The token's `jti`" }),
  }),
  response: { 204: { description: 'Revoked', type: 'null' } },
  problems: ['bad-parameter', 'not-found', 'log-unavailable'],
} satisfies FastifySchema;

const time = Type.String({ format: 'date-time' });
const owned = {
  jti: Type.String({ description: 'Name of the token, for revoking it' }),
  user: Type.String({ description: 'Whose rows it makes and sees: an account, or a machine' }),
  role: RoleSchema,
  label: Type.Union([Type.String(), Type.Null()]),
  expiresAt: time,
};

export const TokenSchema = Type.Object({
  token: Type.String({ description: 'Send it as `Authorization: Bearer …`' }),
  tokenType: Type.Literal('Bearer'),
  ...owned,
});

export const TokenListSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      ...owned,
      createdAt: time,
      lastUsedAt: Type.Union([time, Type.Null()], { description: 'Accurate to a few minutes' }),
      revokedAt: Type.Union([time, Type.Null()]),
    }),
  ),
  nextCursor: NextCursorSchema,
});
