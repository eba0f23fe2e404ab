import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig, FastifyInstance, FastifySchema } from 'fastify';
import plugin from 'fastify-plugin';
import type { ProblemCode } from '../errors/problems.js';
import { problemAnswers } from './answers.js';
import { components } from './components.js';

/**
 * OpenAPI 3.1 at /openapi.json and a page of it at /docs, both made from the routes themselves: a route's roles, and
 * the problems that follow from them, are read from its config.
 */
export const apiDescription = plugin(
  async (app: FastifyInstance, { version }: { version: string }) => {
    for (const [$id, schema] of Object.entries(components)) app.addSchema({ ...schema, $id });
    // Answers are sent unchanged: see components.ts.
    app.setSerializerCompiler(() => (data) => JSON.stringify(data));

    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Lesion detector',
          version,
          description:
            'Finds lesions on chest films with a YOLOv3 detector, and logs every answer. Research use only: ' +
            'not for diagnosis.',
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        servers: [{ url: '/' }],
        tags: [
          'detections',
          'reviews',
          'films',
          'log',
          'statistics',
          'models',
          'session',
          'tokens',
          'users',
          'site',
          'operations',
          'problems',
        ].map((name) => ({ name })),
        components: {
          securitySchemes: {
            bearer: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description: 'From POST /v1/tokens, or made by `token create`',
            },
            session: {
              type: 'apiKey',
              in: 'cookie',
              name: '__Host-session',
              description: 'From POST /v1/session. Calls that change something also need the header `X-CSRF-Token`',
            },
          },
        },
        security: [{ bearer: [] }, { session: [] }],
      },
      refResolver: {
        buildLocalReference: ({ $id }, _base, _fragment, i) => (typeof $id === 'string' ? $id : `schema-${i}`),
      },
      transform: ({ schema, url, route }) => ({ url, schema: withAccess(schema, route.config, route.method) }),
      transformObject: (document) => {
        if (!('openapiObject' in document)) throw new Error('OpenAPI 3 was asked for');
        tuplesToArrays(document.openapiObject);
        return document.openapiObject;
      },
    });

    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: false });

    let text: string | undefined;
    app.get('/openapi.json', { config: { open: true }, schema: { hide: true } }, (_request, reply) => {
      text ??= JSON.stringify(app.swagger());
      return reply.type('application/json; charset=utf-8').send(text);
    });
  },
  { name: 'api-description' },
);

/** A route's schema, completed from its config: who may call, and which problems everyone else gets. */
function withAccess(
  schema: FastifySchema | undefined,
  config: FastifyContextConfig = {},
  method: string | readonly string[] = 'GET',
): FastifySchema {
  // Routes of libraries describe nothing.
  if (schema === undefined) return { hide: true };
  const { roles, open } = config;
  const ofEveryCall: ProblemCode[] = ['internal', 'not-ready'];
  const ofTokens: ProblemCode[] = open === true ? [] : ['unauthenticated', 'forbidden', 'log-unavailable'];
  const ofSessions: ProblemCode[] = open === true || String(method) === 'GET' ? [] : ['csrf'];
  // Every query is closed: unknown parameters are refused.
  const ofQueries: ProblemCode[] = schema.querystring === undefined ? [] : ['bad-parameter'];
  const problems = new Set([...(schema.problems ?? []), ...ofTokens, ...ofSessions, ...ofQueries, ...ofEveryCall]);
  const response = { ...asRecord(schema.response), ...problemAnswers([...problems]) };
  const { describedBody, ...described } = schema;
  return {
    ...described,
    ...(describedBody === undefined ? {} : { body: describedBody }),
    ...(open === true
      ? { security: [] }
      : { description: `${schema.description ?? ''} Roles: ${(roles ?? []).join(', ')}.`.trim() }),
    response,
  };
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Tuples as arrays of fixed length: client generators don't know `prefixItems`. Each of ours holds a single type. */
function tuplesToArrays(node: object): void {
  const children: unknown[] = Object.values(node);
  for (const child of children) if (typeof child === 'object' && child !== null) tuplesToArrays(child);
  if (!('items' in node) || !Array.isArray(node.items)) return;
  const items: readonly unknown[] = node.items;
  const [first] = items;
  if (items.some((item) => JSON.stringify(item) !== JSON.stringify(first)))
    throw new Error("Client generators can't handle a tuple of several types");
  Object.assign(node, { items: first, minItems: items.length, maxItems: items.length });
  if ('additionalItems' in node) delete node.additionalItems;
}
