import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';

/** Security headers for browsers; the docs page has the same policy as everything else. */
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
      // TLS ends before this service; whether a whole domain is HTTPS-only is up to those who run it.
      strictTransportSecurity: false,
    });

    if (corsOrigins.length > 0) {
      await app.register(cors, {
        origin: [...corsOrigins],
        methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
        exposedHeaders: ['location', 'link', 'retry-after', 'idempotency-replayed', 'x-request-id'],
      });
    }

    // Reports are about patients: no cache may keep one. Films set their own cache-control.
    app.addHook('onSend', (request, reply, payload, next) => {
      if (request.url.startsWith('/v1/') && !reply.hasHeader('cache-control'))
        reply.header('cache-control', 'no-store');
      next(null, payload);
    });
  },
  { name: 'security' },
);
