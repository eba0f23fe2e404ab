import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

export type Encoding = 'gzip' | 'br' | 'identity';

/**
 * The encoding to send large raw data in. gzip where both are taken: samples of films hardly compress, and brotli
 * takes longer for the same.
 */
export function encodingOf(acceptEncoding: string | undefined): Encoding {
  const accepted = new Map(
    (acceptEncoding ?? '').split(',').map((entry) => {
      const [name = '', ...parameters] = entry
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, quality === undefined ? 1 : Number(quality)];
    }),
  );
  if ((accepted.get('gzip') ?? 0) > 0) return 'gzip';
  return (accepted.get('br') ?? 0) > 0 ? 'br' : 'identity';
}

/** Fast rather than small: most readers sit in the same house. */
export function compressor(encoding: Exclude<Encoding, 'identity'>): Transform {
  return encoding === 'gzip'
    ? createGzip({ level: 1 })
    : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}
