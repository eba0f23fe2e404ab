import { readSync } from 'node:fs';

/**
 * The pipe that carries the bytes of a film, beside the message channel. A message would be serialised, copied and
 * garbage-collected: for 12 MB that costs the sender three times as much (docs/decisions/0006-runners-and-bytes.md).
 */
export const bytesPipe = 4;

/** Tells how many bytes follow a message in the pipe. */
export interface BytesFollow {
  readonly bytesFollow?: number;
}

/**
 * Blocks until this many bytes have arrived: the sender of the message sends them right away, and there is nothing
 * else to do.
 *
 * @throws Error if the sender is gone.
 */
export function readBytes(size: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let read = 0; read < size;) {
    const more = readSync(bytesPipe, bytes, read, size - read, null);
    if (more === 0) throw new Error('the sender of the bytes is gone');
    read += more;
  }
  return bytes;
}
