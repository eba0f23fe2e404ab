import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Accounts, type Principal, type Role, roles, type TokenClaims } from '../../auth/index.js';
import { Problem } from '../problems.js';
import type { TokenVerification } from '../dependencies.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Roles that may call this route. */
    roles?: readonly Role[];
    /** Whoever asks may call this route. */
    open?: true;
  }
  interface FastifyRequest {
    /** Who is asking; null on open routes. */
    principal: Principal | null;
  }
}

/**
 * Who may: refused by default. A route that states neither its roles nor that it is open throws when it
 * is registered, so that the service does not start.
 */
export const access = plugin(async (app: FastifyInstance, { accounts, tokenVerification }: { accounts: Accounts; tokenVerification: TokenVerification }) => {
  app.decorateRequest('principal', null);

  app.addHook('onRoute', (route) => {
    if (isOfALibrary(route.url, route.method)) route.config = { ...route.config, open: true };
    if (route.config?.open === true) return;
    if (route.config?.roles === undefined || route.config.roles.length === 0) {
      throw new Error(`${String(route.method)} ${route.url} states neither its roles nor that it is open.`);
    }
  });

  await app.register(jwt, {
    decode: { complete: true },
    secret: (_request: FastifyRequest, token: unknown) => {
      const key = tokenVerification.keyOf(kidOf(token));
      return key === undefined ? Promise.reject(unauthenticated()) : Promise.resolve(key);
    },
    verify: tokenVerification.verify,
  });

  app.addHook('onRequest', async (request) => {
    const { roles: allowed, open } = request.routeOptions.config;
    // Without a route there is nothing to protect: the answer is not-found.
    if (open === true || request.is404) return;
    const principal = await accounts.principalOf(await claimsOf(request));
    if (principal === undefined) throw unauthenticated();
    request.principal = principal;
    if (allowed?.includes(principal.role) !== true) {
      throw new Problem('forbidden', `The role ${principal.role} may not make this call.`);
    }
  });
}, { name: 'access' });

/** Who is asking, on a route with roles. */
export function callerOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error(`${String(request.routeOptions.url)} is open and has no caller.`);
  return request.principal;
}

/** Routes that plugins make for themselves: the documentation’s files and CORS preflights. They show nothing of ours. */
function isOfALibrary(url: string, method: string | readonly string[]): boolean {
  return url === '/docs' || url.startsWith('/docs/') || (url === '*' && String(method) === 'OPTIONS');
}

async function claimsOf(request: FastifyRequest): Promise<TokenClaims> {
  let decoded: unknown;
  try {
    // With decode.complete the payload lies beside the header.
    decoded = await request.jwtVerify<{ payload: unknown }>();
  } catch (error) {
    throw unauthenticated(error);
  }
  const payload = typeof decoded === 'object' && decoded !== null && 'payload' in decoded ? decoded.payload : decoded;
  if (!claims.Check(payload)) throw unauthenticated();
  return payload;
}

function kidOf(token: unknown): unknown {
  if (typeof token !== 'object' || token === null || !('header' in token)) return undefined;
  const { header } = token;
  return typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined;
}

/** One text for every bad token: why it is bad helps only those who make one up. */
function unauthenticated(cause?: unknown): Problem {
  return new Problem('unauthenticated', 'A valid bearer token is needed.', cause === undefined ? {} : { cause });
}

const claims = Compile(
  Type.Object({
    iss: Type.String(),
    sub: Type.String({ minLength: 1 }),
    role: Type.Union(roles.map((role) => Type.Literal(role))),
    jti: Type.String({ minLength: 1 }),
    iat: Type.Number(),
    exp: Type.Number(),
  }),
);
