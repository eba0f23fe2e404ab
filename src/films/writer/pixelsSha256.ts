import { createHash } from 'node:crypto';
import type { Film } from '../../imaging/index.js';

/**
 * The address of a film: SHA-256 over one line of its size and depth, e.g. `2500x3000 16 bit 1 channel`, a line feed,
 * and the samples of the upright film row by row, 16-bit ones little-endian. The same picture has the same
 * address, whatever file it came in.
 */
export function pixelsSha256({
  width,
  height,
  channels,
  pixels,
  facts,
}: Pick<Film, 'width' | 'height' | 'channels' | 'pixels'> & { readonly facts: Pick<Film['facts'], 'bits'> }): string {
  return createHash('sha256')
    .update(`${width}x${height} ${facts.bits} bit ${channels} channel\n`)
    .update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
    .digest('hex');
}
