import rateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpContext } from '../dependencies.js';
import { callerOf } from '../plugins/access.js';
import { Problem } from '../problems.js';
import { logInSchema, revokeSchema } from '../schemas/tokens.js';

/** Log-in and its undoing. */
export const tokenRoutes: FastifyPluginAsyncTypebox<HttpContext> = async (app, { accounts, log, settings }) => {
  await app.register(rateLimit, { global: false });
  const { logInsPerMinute } = settings.rateLimits;
  const perAddress = app.createRateLimit({ max: 10 * logInsPerMinute, timeWindow: 60_000 });
  const perName = app.createRateLimit({ max: logInsPerMinute, timeWindow: 60_000, keyGenerator: (request) => `${request.ip} ${nameIn(request.body)}` });

  async function limitAttempts(request: FastifyRequest): Promise<void> {
    for (const limit of [perAddress, perName]) {
      const attempt = await limit(request);
      if (!attempt.isAllowed && attempt.isExceeded) {
        throw new Problem('rate-limited', 'There were too many log-ins; wait before the next one.', {
          headers: { 'retry-after': String(attempt.ttlInSeconds) },
        });
      }
    }
  }

  app.post('/v1/tokens', { config: { open: true }, schema: logInSchema, preHandler: limitAttempts }, async (request, reply) => {
    const { name, password } = request.body;
    const user = await accounts.logIn(name, password);
    if (user === undefined) {
      await log.audit({ code: 'login-failed', actor: name, requestId: request.id });
      throw new Problem('unauthenticated', 'Name and password do not match an enabled user.');
    }
    const { token, jti, expiresAt } = await accounts.issueToken({ subject: user.name, role: user.role, lifetimeS: settings.tokenLifetimeS, label: 'log-in' });
    await log.audit({ code: 'token-issued', actor: user.name, requestId: request.id, detail: jti });
    return reply.code(201).send({ token, tokenType: 'Bearer', jti, role: user.role, expiresAt: expiresAt.toISOString() });
  });

  app.delete(
    '/v1/tokens/:jti',
    { config: { roles: ['submitter', 'radiologist', 'operator'] }, schema: revokeSchema },
    async (request, reply): Promise<FastifyReply> => {
      const caller = callerOf(request);
      const { jti } = request.params;
      const owner = await accounts.tokenOwner(jti);
      // Another’s token is answered like one that never was: who may not revoke it need not know of it.
      const mayRevoke = owner !== undefined && (caller.role === 'operator' || owner === caller.name);
      if (!mayRevoke || !(await accounts.revokeToken(jti))) throw new Problem('not-found', 'There is no such token.');
      await log.audit({ code: 'token-revoked', actor: caller.name, requestId: request.id, detail: jti });
      return reply.code(204).send();
    },
  );
};

function nameIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string' ? body.name : '';
}
