import { Readable } from 'node:stream';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { HttpContext } from '../dependencies.js';
import { tail } from './tail.js';
import { Problem } from '../errors/problems.js';
import { tailSchema } from '../statistics/schemas.js';

/** Each reader queries the database once a second. */
const mostReaders = 20;

/** The live tail: rows as they are logged. */
export const tailRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log }, done) => {
  const closing = new AbortController();
  let readers = 0;
  app.addHook('preClose', (next) => {
    closing.abort();
    next();
  });

  app.get(
    '/v1/detections/tail',
    { config: { roles: ['operator'] }, schema: tailSchema, exposeHeadRoute: false },
    async (request, reply) => {
      if (readers >= mostReaders)
        throw new Problem('rate-limited', 'Too many live-tail connections.', { headers: { 'retry-after': '30' } });
      const after = lastEventOf(request.headers['last-event-id']) ?? (await log.lastSeq());
      const gone = new AbortController();
      const events = Readable.from(
        tail(log, {
          after,
          signal: AbortSignal.any([closing.signal, gone.signal]),
          mayGoOn: () => app.mayStillAsk(request),
        }),
        { objectMode: false },
      );
      readers += 1;
      events.once('close', () => {
        readers -= 1;
        gone.abort();
      });
      reply.raw.once('close', () => {
        gone.abort();
      });
      // Asks proxies not to buffer the answer.
      return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(events);
    },
  );
  done();
};

function lastEventOf(header: unknown): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
