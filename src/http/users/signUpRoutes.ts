import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { HttpContext } from '../dependencies.js';
import { actorOf } from '../access/access.js';
import { isForeign } from '../access/sessionCookie.js';
import { Problem } from '../errors/problems.js';
import { signUpSchema } from './schemas.js';

/** Sign-up: asking for an account, if operators have switched that on. */
export const signUpRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { accounts, site, log }, done) => {
  app.post(
    '/v1/sign-ups',
    { config: { open: true }, schema: signUpSchema, preHandler: (request) => app.limitAttempts(request) },
    async (request, reply) => {
      if (isForeign(request)) throw new Problem('csrf', 'A page of another origin made this request.');
      if (!(await site.read()).signUp) throw new Problem('not-found', 'Here only operators make accounts.');
      const { name, password } = request.body;
      const made = await accounts.signUp({ name, password });
      await log.audit({ ...actorOf(request, name), code: made ? 'signed-up' : 'sign-up-of-taken-name' });
      // The same answer if the name is taken: strangers must not learn who has an account.
      return reply.code(202).send({ detail: 'If the name is free, the account now waits for an operator.' });
    },
  );
  done();
};
