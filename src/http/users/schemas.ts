import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { NameSchema, NewPasswordSchema, RoleSchema } from './credentialSchemas.js';
import { NoQuerySchema } from '../detections/filterSchemas.js';

const closed = { additionalProperties: false } as const;

export const listUsersSchema = {
  operationId: 'listUsers',
  tags: ['users'],
  summary: 'All accounts, by name',
  querystring: NoQuerySchema,
  response: { 200: answer('The accounts', 'UserList') },
  problems: ['bad-parameter'],
} satisfies FastifySchema;

export const addUserSchema = {
  operationId: 'addUser',
  tags: ['users'],
  summary: 'Makes an account',
  body: Type.Object({ name: NameSchema, role: RoleSchema, password: NewPasswordSchema }, closed),
  response: { 201: answer('The account', 'User') },
  problems: ['bad-request', 'bad-parameter', 'user-exists', 'upload-too-large'],
} satisfies FastifySchema;

export const changeUserSchema = {
  operationId: 'changeUser',
  tags: ['users'],
  summary: 'Changes an account, or lets in who signed up',
  description:
    'A new role, a new password and disabling end all sessions and tokens of the user. Somebody must stay an operator.',
  params: Type.Object({ name: NameSchema }),
  body: Type.Object(
    {
      role: Type.Optional(RoleSchema),
      disabled: Type.Optional(
        Type.Boolean({ description: 'Whether the account is shut; true for one that waits refuses it' }),
      ),
      approved: Type.Optional(Type.Boolean({ description: 'true lets in somebody who signed up; false is refused' })),
      password: Type.Optional(NewPasswordSchema),
    },
    { ...closed, minProperties: 1 },
  ),
  response: { 200: answer('The account as it is now', 'User') },
  problems: ['bad-request', 'bad-parameter', 'not-found', 'last-operator', 'upload-too-large'],
} satisfies FastifySchema;

export const signUpSchema = {
  operationId: 'signUp',
  tags: ['users'],
  summary: 'Asks for an account',
  description:
    'Where operators have switched it on. The account waits for an operator, who says with which role it is ' +
    "let in; a submitter's until then.",
  body: Type.Object({ name: NameSchema, password: NewPasswordSchema }, closed),
  response: {
    202: {
      description: 'Taken down; also where the name is taken',
      content: { 'application/json': { schema: Type.Object({ detail: Type.String() }) } },
    },
  },
  problems: [
    'bad-request',
    'bad-parameter',
    'csrf',
    'not-found',
    'upload-too-large',
    'rate-limited',
    'log-unavailable',
  ],
} satisfies FastifySchema;

export const UserSchema = Type.Object({
  name: Type.String(),
  role: RoleSchema,
  disabled: Type.Boolean(),
  awaitingApproval: Type.Boolean({ description: 'Signed up, and not yet let in by an operator' }),
  createdAt: Type.String({ format: 'date-time' }),
  lastSeenAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'To some minutes' }),
});

export const UserListSchema = Type.Object({ items: Type.Array(Type.Unsafe({ $ref: 'User#' })) });
