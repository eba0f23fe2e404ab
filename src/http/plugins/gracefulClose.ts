import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is on its way down: what is in flight is finished, nothing new is taken. */
    isClosing(): boolean;
  }
}

/**
 * Closing lets requests in flight finish. Their keep-alive connections are told to end, since close() would
 * otherwise wait for each of them to idle out.
 */
export const gracefulClose = plugin((app: FastifyInstance, _options, done) => {
  let closing = false;
  app.decorate('isClosing', () => closing);
  app.addHook('preClose', (next) => {
    closing = true;
    next();
  });
  app.addHook('onRequest', (_request, _reply, next) => {
    next(closing ? new Problem('not-ready', 'The service is shutting down.') : undefined);
  });
  app.addHook('onSend', (_request, reply, payload, next) => {
    if (closing) reply.header('connection', 'close');
    next(null, payload);
  });
  done();
}, { name: 'graceful-close' });
