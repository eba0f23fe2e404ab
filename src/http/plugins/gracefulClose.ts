import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../errors/problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is on its way down: what is in flight is finished, nothing new is taken. */
    isClosing(): boolean;
  }
}

/** How long after the deadline of the last film its row and its answer may take. */
const afterDeadlineMs = 2000;

/**
 * Closing lets requests in flight finish. Their keep-alive connections are told to end, since close() would
 * otherwise wait for each of them to idle out. Once every film that was taken on must have its answer, what is left is
 * a
 * request that is still arriving, or an answer that nobody reads: Node limits neither while it closes, so they are cut.
 */
export const gracefulClose = plugin(
  (app: FastifyInstance, { deadlineMs }: { readonly deadlineMs: number }, done) => {
    let closing = false;
    let cut: NodeJS.Timeout | undefined;
    app.decorate('isClosing', () => closing);
    app.addHook('preClose', (next) => {
      closing = true;
      cut = setTimeout(() => {
        app.server.closeAllConnections();
      }, deadlineMs + afterDeadlineMs);
      next();
    });
    app.addHook('onClose', (_app, next) => {
      clearTimeout(cut);
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
  },
  { name: 'graceful-close' },
);
