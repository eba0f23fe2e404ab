import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';

export type Encoding = 'gzip' | 'br' | 'identity';

/**
 * The encoding for large raw data; gzip if the client takes both: film samples hardly compress, and brotli takes longer
 * for the same result.
 */
export function encodingOf(acceptEncoding: string | undefined): Encoding {
  if (acceptEncoding === undefined) return 'identity';
  return negotiate(acceptEncoding, ['gzip', 'br']) ?? 'identity';
}

/** Fast rather than small: most readers are on the same network. */
export function compressor(encoding: Exclude<Encoding, 'identity'>): Transform {
  return encoding === 'gzip'
    ? createGzip({ level: 1 })
    : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}
