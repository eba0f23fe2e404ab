import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Accounts } from '../../auth/index.js';
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

interface AttemptLimits {
  /** For one name from one network; ten times as many for all names from one network. */
  readonly logInsPerMinute: number;
  readonly accounts: Pick<Accounts, 'countAttempts'>;
}

/**
 * One count for all ways in and all replicas, so that someone refused at one can't go on at another. Each replica
 * counts on its own first: someone who keeps trying costs no writes.
 */
export const attemptLimits = plugin(
  async (app: FastifyInstance, { logInsPerMinute, accounts }: AttemptLimits) => {
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
        if (!attempt.isAllowed && attempt.isExceeded) throw tooMany(attempt.ttlInSeconds);
      }
      const network = networkOf(request.ip);
      const [ofAddress, ofName] = await accounts.countAttempts([network, `${network} ${nameIn(request)}`]);
      if (ofAddress !== undefined && ofAddress.attempts > 10 * logInsPerMinute) throw tooMany(ofAddress.endsInS);
      if (ofName !== undefined && ofName.attempts > logInsPerMinute) throw tooMany(ofName.endsInS);
    });
  },
  { name: 'attempt-limits' },
);

function tooMany(endsInS: number): Problem {
  return new Problem('rate-limited', 'Too many login attempts; try again later.', {
    headers: { 'retry-after': String(Math.max(1, endsInS)) },
  });
}

function nameIn({ body, principal }: FastifyRequest): string {
  if (principal !== null) return principal.name;
  const named = typeof body === 'object' && body !== null && 'name' in body ? body.name : '';
  // As the login looks it up, or each way to compose a name would be a name of its own.
  return typeof named === 'string' ? named.normalize('NFC') : '';
}

/** What is counted: an IPv4 address, or the /64 of an IPv6 address, since one household or attacker owns all of it. */
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
