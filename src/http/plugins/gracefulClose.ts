import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../errors/problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is shutting down: requests in flight are finished, new ones refused. */
    isClosing(): boolean;
  }
}

/** How long the last film's row and answer may take after its deadline. */
const afterDeadlineMs = 2000;

/**
 * Closing lets requests in flight finish and ends their keep-alive connections, since close() would otherwise wait for
 * each to time out. Once every accepted film must have its answer, all that's left is requests still arriving and
 * answers that nobody reads: Node limits neither while it closes, so they are cut.
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
