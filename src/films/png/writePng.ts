import { pipeline, Readable } from 'node:stream';
import { constants, crc32, createDeflate } from 'node:zlib';
import { bytesPerRow, headerOf, type PngLayout, pngSignature } from './layout.js';

/**
 * Rows from the top → the bytes of a PNG, piece by piece. Rows come as whole rows in one or more pieces, 16-bit
 * samples big-endian.
 *
 * Every row is stored as its difference from the row above (filter 2), run-length encoded: on radiographs this is
 * several times faster than libpng's methods, and smaller (see docs/decisions/0005-image-store.md).
 */
export async function* writePng(
  layout: PngLayout,
  rows: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  yield Buffer.concat([pngSignature, chunk('IHDR', headerOf(layout))]);
  // Errors upstream end the loop below, which reports them.
  const packed = pipeline(
    Readable.from(differences(layout, rows), { objectMode: false }),
    createDeflate({ level: 1, strategy: constants.Z_RLE, chunkSize: 256 * 1024 }),
    () => undefined,
  );
  for await (const piece of packed) {
    if (!Buffer.isBuffer(piece)) throw new Error('zlib gives buffers');
    yield chunk('IDAT', piece);
  }
  yield chunk('IEND', Buffer.alloc(0));
}

async function* differences(
  layout: PngLayout,
  rows: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const size = bytesPerRow(layout);
  let above: Uint8Array = new Uint8Array(size);
  let count = 0;
  for await (const piece of rows) {
    const inPiece = piece.length / size;
    const filtered = Buffer.allocUnsafe(inPiece * (size + 1));
    for (let row = 0, to = 0; row < inPiece; row++) {
      const line = piece.subarray(row * size, (row + 1) * size);
      filtered[to++] = 2;
      for (let i = 0; i < size; i++) filtered[to++] = line[i]! - above[i]!;
      above = line;
    }
    above = Uint8Array.from(above);
    count += inPiece;
    yield filtered;
  }
  if (count !== layout.height) throw new Error(`${count} rows came for a picture of ${layout.height}`);
}

function chunk(type: string, data: Buffer): Buffer {
  const name = Buffer.from(type, 'latin1');
  const framed = Buffer.allocUnsafe(12 + data.length);
  framed.writeUInt32BE(data.length, 0);
  name.copy(framed, 4);
  data.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + data.length)), 8 + data.length);
  return framed;
}
