import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';

/** Headers that keep browsers honest; the docs page works under the same policy as everything else. */
export const security = plugin(
  async (app: FastifyInstance, { corsOrigins }: { corsOrigins: readonly string[] }) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        // helmet's own defaults allow styles and fonts from any https origin.
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      frameguard: { action: 'deny' },
      // TLS ends before this service; whether a whole domain is to be HTTPS only is for those who run it to say.
      strictTransportSecurity: false,
    });

    if (corsOrigins.length > 0) {
      await app.register(cors, {
        origin: [...corsOrigins],
        methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
        exposedHeaders: ['location', 'link', 'retry-after', 'idempotency-replayed', 'x-request-id'],
      });
    }

    // Reports are about patients: no cache on the way keeps one. Films say for themselves how they may be kept.
    app.addHook('onSend', (request, reply, payload, next) => {
      if (request.url.startsWith('/v1/') && !reply.hasHeader('cache-control'))
        reply.header('cache-control', 'no-store');
      next(null, payload);
    });
  },
  { name: 'security' },
);
