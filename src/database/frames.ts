import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';

/** Larger frames mean that the other side speaks something else. */
const maxFrameBytes = 256 * 1024 * 1024;

/** Sends one value: its length (uint32, big endian), then its structured clone. */
export function sendFrame(socket: Socket, value: unknown): void {
  const body = serialize(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  socket.write(Buffer.concat([length, body]));
}

/** The received values, until the other side closes. Throws if the connection breaks. */
export async function* receiveFrames(socket: Socket): AsyncGenerator<unknown, void> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('the socket has an encoding');
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      if (pending.length < 4) break;
      const length = pending.readUInt32BE(0);
      if (length > maxFrameBytes) throw new RangeError(`a frame of ${length} bytes`);
      if (pending.length < 4 + length) break;
      const value: unknown = deserialize(pending.subarray(4, 4 + length));
      pending = pending.subarray(4 + length);
      yield value;
    }
  }
}
