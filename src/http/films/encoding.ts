import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';

export type Encoding = 'gzip' | 'br' | 'identity';

/**
 * The encoding to send large raw data in. gzip where both are taken: samples of films hardly compress, and brotli
 * takes longer for the same.
 */
export function encodingOf(acceptEncoding: string | undefined): Encoding {
  if (acceptEncoding === undefined) return 'identity';
  return negotiate(acceptEncoding, ['gzip', 'br']) ?? 'identity';
}

/** Fast rather than small: most readers sit in the same house. */
export function compressor(encoding: Exclude<Encoding, 'identity'>): Transform {
  return encoding === 'gzip'
    ? createGzip({ level: 1 })
    : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}
