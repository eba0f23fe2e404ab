import { pipeline, Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import { bytesPerRow, headerOf, type PngLayout, pngSignature } from './layout.js';

/**
 * The bytes of a PNG written by writePng → its rows from the top, in pieces of whole rows, 16-bit samples big-endian.
 * Throws if the file is no such PNG, has another layout, or is truncated. Reads only our own files, with the two
 * filters that they use: libvips reads pictures from elsewhere, in a separate process.
 */
export async function* readPng(layout: PngLayout, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const size = bytesPerRow(layout);
  // Errors upstream end the loop below, which reports them.
  const inflated = pipeline(
    Readable.from(imageData(layout, bytes), { objectMode: false }),
    createInflate({ chunkSize: 256 * 1024 }),
    () => undefined,
  );
  let above: Buffer = Buffer.alloc(size);
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;
  for await (const piece of inflated) {
    if (!Buffer.isBuffer(piece)) throw new Error('zlib gives buffers');
    const data = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = Math.floor(data.length / (size + 1));
    rest = data.subarray(whole * (size + 1));
    if (whole === 0) continue;
    const rows = Buffer.allocUnsafe(whole * size);
    for (let row = 0; row < whole; row++) {
      const from = row * (size + 1);
      const line = rows.subarray(row * size, (row + 1) * size);
      unfilter(data[from], data.subarray(from + 1, from + 1 + size), above, line);
      above = line;
    }
    // The reader may change the rows it gets.
    above = Buffer.from(above);
    count += whole;
    yield rows;
  }
  if (count !== layout.height || rest.length !== 0) throw new Error(`the file holds ${count} rows of ${layout.height}`);
}

function unfilter(filter: number | undefined, line: Buffer, above: Buffer, to: Buffer): void {
  if (filter === 2) for (let i = 0; i < to.length; i++) to[i] = line[i]! + above[i]!;
  else if (filter === 0) line.copy(to);
  else throw new Error(`a row with the filter ${String(filter)}, which is not one of ours`);
}

/** The contents of the IDAT chunks. */
async function* imageData(layout: PngLayout, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const reader = new ChunkReader(bytes);
  try {
    if (!(await reader.take(8)).equals(pngSignature)) throw new Error('not a PNG');
    for (;;) {
      const head = await reader.take(8);
      const length = head.readUInt32BE(0);
      const type = head.toString('latin1', 4);
      const data = await reader.take(length);
      await reader.take(4);
      if (type === 'IHDR' && !data.equals(headerOf(layout)))
        throw new Error('the file does not have the recorded size and depth');
      if (type === 'IDAT') yield data;
      if (type === 'IEND') return;
    }
  } finally {
    await reader.close();
  }
}

/** Takes a given number of bytes from pieces of any size. */
class ChunkReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [this.#held];
    let have = this.#held.length;
    while (have < count) {
      const next = await this.#pieces.next();
      if (next.done === true) throw new Error('the file is truncated');
      parts.push(next.value);
      have += next.value.length;
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts, have);
    this.#held = all.subarray(count);
    return all.subarray(0, count);
  }

  /**
   * IEND comes before the end of the file, and a reader may stop even earlier: without this, the source's file would
   * stay open.
   */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
