import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';

/** A route's `compress` option: its answers are compressed where the client takes that. */
export const compressed = {} as const;

/**
 * Compression for the routes that ask for it with `compress: compressed`: lists and the page. Never what answers with a
 * secret of the caller beside text that others choose (BREACH): sessions, tokens, users.
 */
export const compression = plugin(
  async (app: FastifyInstance) => {
    await app.register(compress, {
      // Also: no request body is ever inflated, so that none is larger than its limit.
      global: false,
      encodings: ['br', 'gzip'],
      // Fast rather than small: most clients are in the same house.
      brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
      zlibOptions: { level: 4 },
    });
  },
  { name: 'compression' },
);
