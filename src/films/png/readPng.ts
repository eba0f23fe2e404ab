import { pipeline, Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import { bytesPerRow, headerOf, type PngLayout, pngSignature } from './layout.js';

/**
 * The bytes of a PNG that writePng made → its rows from the top, in pieces of whole rows, 16-bit samples big end
 * first. Throws where it is not such a file, not of this layout, or cut. Written for our own files, with the two
 * filters that they use: pictures from elsewhere are libvips' to read, in a process of their own.
 */
export async function* readPng(layout: PngLayout, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const size = bytesPerRow(layout);
  // What goes wrong before it ends the loop below: nobody else has to hear of it.
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
    // What is yielded is the reader's: it may change it.
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
    if (!(await reader.take(8)).equals(pngSignature)) throw new Error('no PNG');
    for (;;) {
      const head = await reader.take(8);
      const length = head.readUInt32BE(0);
      const type = head.toString('latin1', 4);
      const data = await reader.take(length);
      await reader.take(4);
      if (type === 'IHDR' && !data.equals(headerOf(layout)))
        throw new Error('the file is not of the size and depth that is on record');
      if (type === 'IDAT') yield data;
      if (type === 'IEND') return;
    }
  } finally {
    await reader.close();
  }
}

/** Takes so many bytes at a time from pieces of any size. */
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
      if (next.done === true) throw new Error('the file is cut');
      parts.push(next.value);
      have += next.value.length;
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts, have);
    this.#held = all.subarray(count);
    return all.subarray(0, count);
  }

  /**
   * IEND comes before the end of the file is seen, and a reader may leave earlier: the source is told, or its file
   * would stay open.
   */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
