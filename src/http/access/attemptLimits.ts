import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../errors/problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts one attempt at something that is guessed at by trying: a log-in, whichever way it comes, and what
     * costs as much. Throws `rate-limited`.
     */
    limitAttempts(request: FastifyRequest): Promise<void>;
  }
}

/** One count for all ways in: who is refused at one of them finds no other. */
export const attemptLimits = plugin(
  async (app: FastifyInstance, { logInsPerMinute }: { readonly logInsPerMinute: number }) => {
    await app.register(rateLimit, { global: false });
    const perAddress = app.createRateLimit({ max: 10 * logInsPerMinute, timeWindow: 60_000 });
    const perName = app.createRateLimit({
      max: logInsPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => `${request.ip} ${nameIn(request)}`,
    });

    app.decorate('limitAttempts', async (request: FastifyRequest) => {
      for (const limit of [perAddress, perName]) {
        const attempt = await limit(request);
        if (!attempt.isAllowed && attempt.isExceeded) {
          throw new Problem('rate-limited', 'There were too many log-ins; wait before the next one.', {
            headers: { 'retry-after': String(attempt.ttlInSeconds) },
          });
        }
      }
    });
  },
  { name: 'attempt-limits' },
);

function nameIn({ body, principal }: FastifyRequest): string {
  if (principal !== null) return principal.name;
  return typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string' ? body.name : '';
}
