import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';

/** A route's `compress` option: compresses its answers if the client accepts that. */
export const compressed = {} as const;

/**
 * Compression for the routes that ask for it with `compress: compressed`: lists and the page. Never for answers that
 * hold a caller's secret next to text that others choose (BREACH): sessions, tokens, users.
 */
export const compression = plugin(
  async (app: FastifyInstance) => {
    await app.register(compress, {
      // Also, no request body is ever inflated, so none can exceed its limit.
      global: false,
      encodings: ['br', 'gzip'],
      // Fast rather than small: most clients are on the same network.
      brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
      zlibOptions: { level: 4 },
    });
  },
  { name: 'compression' },
);
