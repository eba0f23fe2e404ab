import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ListedToken, LoggedIn, Principal } from '../../auth/index.js';
import type { HttpContext } from '../dependencies.js';
import { actorOf, callerOf } from '../access/access.js';
import { Problem } from '../errors/problems.js';
import { pageOf } from '../cursor.js';
import { cursorAfter, tokenOfCursor } from './cursor.js';
import { issueTokenSchema, listTokensSchema, revokeSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;
const dayS = 24 * 60 * 60;

/** Tokens for machines and scripts: for some hours by login, for longer if made on the page. */
export const tokenRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { accounts, log, settings }, done) => {
  app.get('/v1/tokens', { config: everyone, schema: listTokensSchema }, async (request, reply) => {
    const caller = callerOf(request);
    const { limit, cursor } = request.query;
    const whose = caller.role === 'operator' ? {} : { owner: caller.name };
    const after = cursor === undefined ? {} : { after: tokenOfCursor(cursor, whose) };
    const tokens = await accounts.listTokens({ ...whose, limit: limit + 1, ...after });
    const page = pageOf(tokens, limit, (last) => cursorAfter(last, whose), { request, reply });
    return { items: page.items.map(listedAnswer), nextCursor: page.nextCursor };
  });

  app.post('/v1/tokens', { config: { open: true }, schema: issueTokenSchema }, async (request, reply) => {
    const { name, password, ...wanted } = request.body;
    if (name === undefined && password === undefined) return issueInSession(request, reply, wanted);
    if (name === undefined || password === undefined)
      throw new Problem('bad-parameter', `The body field “${name === undefined ? 'name' : 'password'}” is missing.`);
    const [surplus] = Object.keys(wanted);
    if (surplus !== undefined) throw new Problem('bad-parameter', `A login takes no body field “${surplus}”.`);
    await app.limitAttempts(request);
    const user = await accounts.logIn(name, password);
    if (user === undefined) {
      await log.audit({ ...actorOf(request, name), code: 'login-failed' });
      throw new Problem('unauthenticated', 'Name and password do not match an enabled user.');
    }
    return issue(request, reply, {
      actor: user.name,
      owner: user,
      lifetimeS: settings.tokenLifetimeS,
      label: 'log-in',
    });
  });

  app.delete(
    '/v1/tokens/:jti',
    { config: everyone, schema: revokeSchema },
    async (request, reply): Promise<FastifyReply> => {
      const caller = callerOf(request);
      const { jti } = request.params;
      const owner = await accounts.tokenOwner(jti);
      // Another's token is answered like one that never existed: who may not revoke it need not know of it.
      const mayRevoke = owner !== undefined && (caller.role === 'operator' || owner === caller.name);
      if (!mayRevoke || !(await accounts.revokeToken(jti, actorOf(request))))
        throw new Problem('not-found', 'There is no such token.');
      return reply.code(204).send();
    },
  );

  interface Wanted {
    readonly label?: string;
    readonly expiresInDays?: number;
    readonly user?: string;
    readonly role?: Principal['role'];
  }

  async function issueInSession(
    request: FastifyRequest,
    reply: FastifyReply,
    { label, expiresInDays = 90, user, role }: Wanted,
  ): Promise<FastifyReply> {
    const caller = await app.authenticate(request, reply);
    // A stolen token must not be able to outlive itself.
    if (request.session === null)
      throw new Problem('forbidden', "A token can't make tokens: sign in, or log in with name and password.");
    const owner = await ownerOf(caller, user, role);
    return issue(request, reply, {
      actor: caller.name,
      owner,
      lifetimeS: expiresInDays * dayS,
      ...(label !== undefined && { label }),
    });
  }

  /** Whose token to make: the caller's; operators may name any account, or a machine, which has none. */
  async function ownerOf(caller: Principal, name = caller.name, role?: Principal['role']): Promise<Principal> {
    if (caller.role !== 'operator' && (name !== caller.name || role !== undefined))
      throw new Problem('forbidden', 'Only operators make tokens for others.');
    const owned = (await accounts.findUser(name))?.role ?? role;
    if (owned === undefined)
      throw new Problem('bad-parameter', `There is no account “${name}”: for a machine, also give its role.`);
    return { name, role: owned };
  }

  async function issue(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      actor,
      owner,
      lifetimeS,
      label,
    }: {
      readonly actor: string;
      readonly owner: Principal | LoggedIn;
      readonly lifetimeS: number;
      readonly label?: string;
    },
  ): Promise<FastifyReply> {
    const { token, jti, expiresAt } = await accounts.issueToken(
      {
        subject: owner.name,
        role: owner.role,
        lifetimeS,
        ...(label !== undefined && { label }),
        ...('proof' in owner && { proof: owner.proof }),
      },
      actorOf(request, actor),
    );
    return reply.code(201).send({
      token,
      tokenType: 'Bearer',
      jti,
      user: owner.name,
      role: owner.role,
      label: label ?? null,
      expiresAt: expiresAt.toISOString(),
    });
  }

  done();
};

function listedAnswer({ createdAt, expiresAt, lastUsedAt, revokedAt, ...token }: ListedToken) {
  return {
    ...token,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
