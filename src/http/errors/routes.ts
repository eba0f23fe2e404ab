import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { problemIndexPage, problemPage } from './problemPages.js';
import { isProblemCode, Problem } from './problems.js';
import { problemIndexSchema, problemPageSchema } from './schemas.js';

/** The error catalogue: the pages that the `type` of a problem points to. */
export const problemRoutes: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get('/problems', { config: { open: true }, schema: problemIndexSchema }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(problemIndexPage()),
  );

  app.get('/problems/:code', { config: { open: true }, schema: problemPageSchema }, (request, reply) => {
    const { code } = request.params;
    if (!isProblemCode(code)) throw new Problem('not-found', 'There is no such problem in the catalogue.');
    return reply.type('text/html; charset=utf-8').send(problemPage(code));
  });
  done();
};
