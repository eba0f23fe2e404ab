import cookie from '@fastify/cookie';
import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  type Accounts,
  isCsrfToken,
  type Principal,
  type Role,
  roles,
  type Session,
  type Sessions,
  type TokenClaims,
} from '../../auth/index.js';
import type { Actor } from '../../database/index.js';
import type { TokenVerification } from '../dependencies.js';
import { Problem } from '../errors/problems.js';
import { isForeign, sessionSecretOf } from './sessionCookie.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Roles that may call this route. */
    roles?: readonly Role[];
    /** No authentication required. */
    open?: true;
    /** Calling this doesn't count as use of the session: a page that polls doesn't keep itself signed in. */
    leavesSessionIdle?: true;
  }
  interface FastifyRequest {
    /** Who is asking; null on open routes. */
    principal: Principal | null;
    /** The caller's session; null if the caller used a token. */
    session: CurrentSession | null;
  }
  interface FastifyInstance {
    /** Authenticates the caller, as routes with roles do by themselves: for open routes that take both kinds. */
    authenticate(request: FastifyRequest, reply: FastifyReply): Promise<Principal>;
    /** Whether the caller still has access: for answers that go on for hours. */
    mayStillAsk(request: FastifyRequest): Promise<boolean>;
  }
}

export interface CurrentSession extends Session {
  readonly secret: string;
}

interface AccessOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly tokenVerification: TokenVerification;
}

/**
 * Access control; deny by default. A route that states neither its roles nor that it is open throws when it is
 * registered, so the service doesn't start. Machines bring a bearer token, people's browsers a session cookie. If both
 * come, only the token counts: a good cookie doesn't make up for a bad token.
 */
export const access = plugin(
  async (app: FastifyInstance, { accounts, sessions, tokenVerification }: AccessOptions) => {
    app.decorateRequest('principal', null);
    app.decorateRequest('session', null);
    await app.register(cookie);

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
        return key === undefined ? Promise.reject(badToken()) : Promise.resolve(key);
      },
      verify: tokenVerification.verify,
    });

    app.decorate('authenticate', async (request: FastifyRequest, reply: FastifyReply) => {
      const principal =
        request.headers.authorization === undefined ? await bySession(request, reply) : await byToken(request);
      request.principal = principal;
      return principal;
    });

    app.decorate('mayStillAsk', async (request: FastifyRequest) => {
      const { session, principal } = request;
      if (session !== null) return (await sessions.find(session.secret, { use: false }))?.user.role === principal?.role;
      const still = await accounts.principalOf(await claimsOf(request)).catch((error: unknown) => {
        if (error instanceof Problem) return undefined;
        throw error;
      });
      return still !== undefined;
    });

    async function byToken(request: FastifyRequest): Promise<Principal> {
      const principal = await accounts.principalOf(await claimsOf(request));
      if (principal === undefined) throw badToken();
      return principal;
    }

    async function bySession(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
      const secret = sessionSecretOf(request);
      if (secret === undefined) throw new Problem('unauthenticated', 'A valid bearer token or a session is needed.');
      const use =
        request.routeOptions.config.leavesSessionIdle !== true && request.headers['x-unattended'] === undefined;
      const session = await sessions.find(secret, { use });
      if (session === undefined) throw new Problem('unauthenticated', 'The session has ended: sign in again.');
      if (!isSafe(request.method)) assertWanted(request, session);
      request.session = { ...session, secret };
      reply.header('x-session-expires-at', session.expiresAt.toISOString());
      return session.user;
    }

    app.addHook('onRequest', async (request, reply) => {
      const { roles: allowed, open } = request.routeOptions.config;
      // Without a route there is nothing to protect: the answer is not-found.
      if (open === true || request.is404) return;
      const { role } = await app.authenticate(request, reply);
      if (allowed?.includes(role) !== true) {
        throw new Problem('forbidden', `The role ${role} may not make this call.`);
      }
    });
  },
  { name: 'access' },
);

/** Who is asking, on a route with roles. */
export function callerOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error(`${String(request.routeOptions.url)} is open and has no caller.`);
  return request.principal;
}

/** The caller for an audit event; give `actor` if nobody is signed in yet. */
export function actorOf(request: FastifyRequest, actor = callerOf(request).name): Actor {
  return { actor, requestId: request.id, address: request.ip };
}

/** Browsers send the cookie no matter which site asks: only our page knows its CSRF token. Throws `csrf`. */
function assertWanted(request: FastifyRequest, session: Session): void {
  if (isForeign(request)) throw new Problem('csrf', 'A page of another origin made this request.');
  if (!isCsrfToken(request.headers['x-csrf-token'], session)) {
    throw new Problem('csrf', 'The header X-CSRF-Token is not the csrfToken of this session.');
  }
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** Routes that plugins register themselves: files of the API documentation and CORS preflights. They expose no data. */
function isOfALibrary(url: string, method: string | readonly string[]): boolean {
  return url === '/docs' || url.startsWith('/docs/') || (url === '*' && String(method) === 'OPTIONS');
}

async function claimsOf(request: FastifyRequest): Promise<TokenClaims> {
  let decoded: unknown;
  try {
    // With decode.complete the result holds header and payload.
    decoded = await request.jwtVerify<{ payload: unknown }>();
  } catch (error) {
    throw badToken(error);
  }
  const payload = typeof decoded === 'object' && decoded !== null && 'payload' in decoded ? decoded.payload : decoded;
  if (!claims.Check(payload)) throw badToken();
  return payload;
}

function kidOf(token: unknown): unknown {
  if (typeof token !== 'object' || token === null || !('header' in token)) return undefined;
  const { header } = token;
  return typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined;
}

/** One text for every bad token: the reason would only help forgers. */
function badToken(cause?: unknown): Problem {
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
