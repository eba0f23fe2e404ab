import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoggedIn, Session, ShutAccount } from '../../auth/index.js';
import type { HttpContext } from '../dependencies.js';
import { actorOf, type CurrentSession } from '../access/access.js';
import { clearSessionCookies, isForeign, sendSessionCookie, sessionSecretOf } from '../access/sessionCookie.js';
import { Problem } from '../errors/problems.js';
import { changePasswordSchema, extendSessionSchema, sessionSchema, signInSchema, signOutSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;

/** Signing in and out on the page, and changing one's own password. */
export const sessionRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { accounts, sessions, log }, done) => {
  app.post(
    '/v1/session',
    { config: { open: true }, schema: signInSchema, preHandler: (request) => app.limitAttempts(request) },
    async (request, reply) => {
      // A foreign page must not sign its visitor in either: the account's owner would see what the visitor uploads.
      if (isForeign(request)) throw new Problem('csrf', 'A page of another origin made this request.');
      const { name, password } = request.body;
      const refusals: ShutAccount[] = [];
      const user = await accounts.logIn(name, password, (why) => refusals.push(why));
      const [shut] = refusals;
      if (user === undefined) {
        await log.audit({
          ...actorOf(request, name),
          code: 'login-failed',
          ...(shut !== undefined && { detail: shut }),
        });
        if (shut !== undefined) throw new Problem(shut, shutText[shut]);
        throw new Problem('unauthenticated', 'Name and password do not match an account that may sign in.');
      }
      const before = sessionSecretOf(request);
      const session = await openSession(request, reply, user);
      if (before !== undefined) await sessions.revoke(before);
      await log.audit({ ...actorOf(request, user.name), code: 'signed-in' });
      return session;
    },
  );

  app.get('/v1/session', { config: { ...everyone, leavesSessionIdle: true }, schema: sessionSchema }, (request) =>
    sessionAnswer(currentSession(request)),
  );

  app.post('/v1/session/extension', { config: everyone, schema: extendSessionSchema }, (request) =>
    sessionAnswer(currentSession(request)),
  );

  app.delete(
    '/v1/session',
    { config: { ...everyone, leavesSessionIdle: true }, schema: signOutSchema },
    async (request, reply) => {
      await sessions.revoke(currentSession(request).secret);
      await log.audit({ ...actorOf(request), code: 'signed-out' });
      clearSessionCookies(reply);
      // The next person at this machine must not find films in the browser's cache.
      return reply.header('clear-site-data', '"cache"').code(204).send();
    },
  );

  app.patch(
    '/v1/session/password',
    { config: everyone, schema: changePasswordSchema, preHandler: (request) => app.limitAttempts(request) },
    async (request, reply) => {
      const { user } = currentSession(request);
      const { current, next } = request.body;
      if ((await accounts.logIn(user.name, current)) === undefined) {
        await log.audit({ ...actorOf(request), code: 'login-failed' });
        throw new Problem('wrong-password', 'The current password is wrong.');
      }
      await accounts.setPassword(user.name, next, actorOf(request));
      // All sessions ended with the old password, including this one.
      const again = await accounts.logIn(user.name, next);
      if (again === undefined)
        throw new Problem('unauthenticated', 'The account was changed in the meantime: sign in again.');
      return openSession(request, reply, again);
    },
  );

  async function openSession(request: FastifyRequest, reply: FastifyReply, user: LoggedIn) {
    const { secret, ...session } = await sessions.open(user);
    sendSessionCookie(request, reply, secret);
    return sessionAnswer(session);
  }

  done();
};

/** Only for someone who gave the right password. */
const shutText: Readonly<Record<ShutAccount, string>> = {
  'awaiting-approval': 'The account is waiting for approval by an operator.',
  'account-disabled': 'The account is disabled: ask an operator.',
};

function sessionAnswer({ user, csrfToken, expiresAt }: Session) {
  return { user: { name: user.name, role: user.role }, csrfToken, expiresAt: expiresAt.toISOString() };
}

/** Throws `unauthenticated` if the caller used a token, which has no session. */
function currentSession({ session }: FastifyRequest): CurrentSession {
  if (session === null) throw new Problem('unauthenticated', 'This call needs a session, not a bearer token.');
  return session;
}
