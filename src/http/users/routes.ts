import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { User, UserChanges } from '../../auth/index.js';
import type { HttpContext } from '../dependencies.js';
import { actorOf } from '../access/access.js';
import { cursorAt, pageOf, positionOf } from '../cursor.js';
import { Problem } from '../errors/problems.js';
import { addUserSchema, changeUserSchema, listUsersSchema } from './schemas.js';

const operators = { roles: ['operator'] } as const;

/** Accounts, for those who manage them. */
export const userRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { accounts }, done) => {
  app.get('/v1/users', { config: operators, schema: listUsersSchema }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const after = cursor === undefined ? {} : { after: positionOf(cursor, 'users').toString() };
    const users = await accounts.listUsers({ limit: limit + 1, ...after });
    const page = pageOf(users, limit, ({ name }) => cursorAt(Buffer.from(name), 'users'), { request, reply });
    return { items: page.items.map(userAnswer), nextCursor: page.nextCursor };
  });

  app.post('/v1/users', { config: operators, schema: addUserSchema }, async (request, reply) => {
    const { name, role, password } = request.body;
    await accounts.addUser({ name, role, password }, actorOf(request));
    const user = await accounts.findUser(name);
    return reply.code(201).send(user && userAnswer(user));
  });

  app.patch('/v1/users/:name', { config: operators, schema: changeUserSchema }, async (request) => {
    const { name } = request.params;
    const { role, disabled, approved, password } = request.body;
    if (approved === false)
      throw new Problem(
        'bad-parameter',
        'The body field “approved” can only be true: to refuse a sign-up, disable the account.',
      );
    const changes: UserChanges = {
      ...(role !== undefined && { role }),
      ...(disabled !== undefined && { disabled }),
      ...(approved !== undefined && { approved }),
      ...(password !== undefined && { password }),
    };
    return userAnswer(await accounts.updateUser(name, changes, actorOf(request)));
  });

  done();
};

function userAnswer({ createdAt, lastSeenAt, ...user }: User) {
  return { ...user, createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt?.toISOString() ?? null };
}
