import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { problemOf } from './problemOf.js';
import { Problem, problemAnswer } from './problems.js';

/** Every error, unknown path and wrong method is answered as a problem of the catalogue, without a stack trace. */
export const problemResponses = plugin(
  (app: FastifyInstance, _options, done) => {
    app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));

    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '/';
      const allowed = app.supportedMethods.filter((method) => Boolean(app.findRoute({ method, url: path })));
      if (allowed.length === 0 && isPersonal(request)) return app.sendPage(reply.code(404));
      if (allowed.length === 0) return sendProblem(new Problem('not-found', 'There is no such path.'), request, reply);
      const allow = allowed.join(', ');
      return sendProblem(
        new Problem('method-not-allowed', `This path takes only ${allow}.`, { headers: { allow } }),
        request,
        reply,
      );
    });
    done();
  },
  { name: 'problem-responses' },
);

/** Whether someone typed the address into a browser: then the page says that nothing is there, and offers a way on. */
function isPersonal({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !url.startsWith('/v1/') && headers.accept?.includes('text/html') === true;
}

/** Answers an error. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  logProblem(problem, request);
  const { body, headers } = problemAnswer(problem, request.id);
  return reply.code(problem.status).headers(headers).send(body);
}

/** A fault of ours is an error, with its cause; a passing state (503) is a warning; a caller's mistake is info. */
function logProblem(problem: Problem, { log }: FastifyRequest): void {
  const line = { problem: problem.code };
  if (problem.status < 500) log.info(line, problem.detail);
  else if (problem.status === 503)
    log.warn({ ...line, ...(problem.cause === undefined ? {} : { err: problem.cause }) }, problem.detail);
  else log.error({ ...line, err: problem.cause ?? problem }, problem.detail);
}
