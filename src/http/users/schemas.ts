import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { NameSchema, NewPasswordSchema, RoleSchema } from './credentialSchemas.js';
import { nextPageHeader, NextCursorSchema } from '../cursor.js';
import { PageQuerySchema } from '../detections/filterSchemas.js';

const closed = { additionalProperties: false } as const;

export const listUsersSchema = {
  operationId: 'listUsers',
  tags: ['users'],
  summary: 'Accounts, by name',
  querystring: PageQuerySchema,
  response: { 200: answer('A page of accounts', 'UserList', undefined, nextPageHeader) },
  problems: ['bad-parameter', 'bad-cursor'],
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
  summary: 'Changes an account, or approves a sign-up',
  description:
    'A new role, a new password or disabling ends all sessions and tokens of the user. One operator must remain.',
  params: Type.Object({ name: NameSchema }),
  body: Type.Object(
    {
      role: Type.Optional(RoleSchema),
      disabled: Type.Optional(
        Type.Boolean({ description: 'Whether the account is disabled; true refuses an account that awaits approval' }),
      ),
      approved: Type.Optional(Type.Boolean({ description: 'true approves a sign-up; false is not accepted' })),
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
    'If operators have switched sign-up on. The account waits for an operator, who approves it and sets its role; ' +
    "until then it is a submitter's.",
  body: Type.Object({ name: NameSchema, password: NewPasswordSchema }, closed),
  response: {
    202: {
      description: 'Received; the same answer if the name is taken',
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
  awaitingApproval: Type.Boolean({ description: 'Signed up, but not yet approved by an operator' }),
  createdAt: Type.String({ format: 'date-time' }),
  lastSeenAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'To within minutes',
  }),
});

export const UserListSchema = Type.Object({
  items: Type.Array(Type.Unsafe({ $ref: 'User#' })),
  nextCursor: NextCursorSchema,
});
