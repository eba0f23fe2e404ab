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
  summary: 'Signs a person in at the page',
  description:
    "Sets the cookie of a new session; one that was there before ends. From other sites' pages it is refused.",
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
  description: 'Asking does not count as use: the session ends as if it had not been asked for.',
  response: { 200: answer('The session', 'Session') },
} satisfies FastifySchema;

export const extendSessionSchema = {
  operationId: 'extendSession',
  tags: ['session'],
  summary: 'Moves the end of the session on',
  description: 'As every other use does, at most to twelve hours after the sign-in.',
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
    description: 'Goes into the header `X-CSRF-Token` of every request of this session that changes something',
  }),
  expiresAt: Type.String({
    format: 'date-time',
    description: 'Moves on with use. Every answer says it in `X-Session-Expires-At`',
  }),
});
