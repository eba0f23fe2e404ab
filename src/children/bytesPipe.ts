import { readSync } from 'node:fs';

/**
 * Where the bytes of a film travel: a pipe beside the channel of messages. A message would be serialised, copied and
 * collected as garbage again: 12 MB cost the sender three times as much (docs/decisions/0006-runners-and-bytes.md).
 */
export const bytesPipe = 4;

/** What a message says of the bytes that follow it in the pipe. */
export interface BytesFollow {
  readonly bytesFollow?: number;
}

/**
 * Waits for so many bytes, blocking: whoever has sent the message sends them, too, and there is nothing else to do.
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
