import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../errors/problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts an attempt at something that can be guessed by trying, such as a login, or that costs as much.
     *
     * @throws Problem `rate-limited`
     */
    limitAttempts(request: FastifyRequest): Promise<void>;
  }
}

/** One count for all ways in, so that nobody who is refused at one tries another. */
export const attemptLimits = plugin(
  async (app: FastifyInstance, { logInsPerMinute }: { readonly logInsPerMinute: number }) => {
    await app.register(rateLimit, { global: false });
    const perAddress = app.createRateLimit({
      max: 10 * logInsPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => networkOf(request.ip),
    });
    const perName = app.createRateLimit({
      max: logInsPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => `${networkOf(request.ip)} ${nameIn(request)}`,
    });

    app.decorate('limitAttempts', async (request: FastifyRequest) => {
      for (const limit of [perAddress, perName]) {
        const attempt = await limit(request);
        if (!attempt.isAllowed && attempt.isExceeded) {
          throw new Problem('rate-limited', 'Too many login attempts; try again later.', {
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

/** Who is counted: an IPv4 address, or the /64 of an IPv6 address, all of which one household or attacker has. */
export function networkOf(ip: string): string {
  const address = ip.split('%', 1)[0] ?? ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}
