import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import type { ServiceMetrics } from './metrics.js';

/** Counts and times every request, by the pattern of its route. */
export const instruments = plugin(
  (app: FastifyInstance, { metrics }: { metrics: ServiceMetrics }, done) => {
    app.addHook('onResponse', (request, reply, next) => {
      const labels = { method: request.method, route: request.routeOptions.url ?? 'none' };
      metrics.requests.inc({ ...labels, status: String(reply.statusCode) });
      metrics.requestSeconds.observe(labels, reply.elapsedTime / 1000);
      next();
    });
    done();
  },
  { name: 'instruments' },
);
