import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { NameSchema, NewPasswordSchema, PasswordSchema, RoleSchema } from '../users/credentialSchemas.js';

const cookie = {
  'Set-Cookie': { type: 'string', description: '`__Host-session` over HTTPS; HttpOnly, SameSite=Strict' },
};

export const signInSchema = {
  operationId: 'signIn',
  tags: ['session'],
  summary: 'Signs a person in on the page',
  description: "Sets the cookie of a new session and ends any earlier one. Refused from other sites' pages.",
  body: Type.Object({ name: NameSchema, password: PasswordSchema }, { additionalProperties: false }),
  response: { 200: answer('The session', 'Session', undefined, cookie) },
  problems: [
    'bad-request',
    'bad-parameter',
    'unauthenticated',
    'awaiting-approval',
    'account-disabled',
    'csrf',
    'forbidden',
    'upload-too-large',
    'rate-limited',
    'log-unavailable',
  ],
} satisfies FastifySchema;

export const sessionSchema = {
  operationId: 'getSession',
  tags: ['session'],
  summary: 'Who is signed in',
  description: "Doesn't count as use: the session ends as if this had not been called.",
  response: { 200: answer('The session', 'Session') },
} satisfies FastifySchema;

export const extendSessionSchema = {
  operationId: 'extendSession',
  tags: ['session'],
  summary: 'Postpones the end of the session',
  description: 'As any use does, up to twelve hours after login.',
  response: { 200: answer('The session', 'Session') },
} satisfies FastifySchema;

export const signOutSchema = {
  operationId: 'signOut',
  tags: ['session'],
  summary: 'Ends the session',
  response: { 204: { description: 'Ended, and the cookie is cleared', type: 'null' } },
} satisfies FastifySchema;

export const changePasswordSchema = {
  operationId: 'changeOwnPassword',
  tags: ['session'],
  summary: "Changes one's own password",
  description: 'Ends all sessions and tokens of the user; the answer is a new session.',
  body: Type.Object({ current: PasswordSchema, next: NewPasswordSchema }, { additionalProperties: false }),
  response: { 200: answer('A new session', 'Session', undefined, cookie) },
  problems: ['bad-request', 'bad-parameter', 'wrong-password', 'upload-too-large', 'rate-limited'],
} satisfies FastifySchema;

export const SessionSchema = Type.Object({
  user: Type.Object({ name: Type.String(), role: RoleSchema }),
  csrfToken: Type.String({
    description: 'Send it as `X-CSRF-Token` with every request of this session that changes something',
  }),
  expiresAt: Type.String({
    format: 'date-time',
    description: 'Postponed by use. Every answer has it in `X-Session-Expires-At`',
  }),
});
