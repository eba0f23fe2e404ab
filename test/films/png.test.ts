import { Readable } from 'node:stream';
import fc from 'fast-check';
import sharp from 'sharp';
import t from 'tap';
import { type PngLayout, readPng, writePng } from '../../src/films/index.js';
import { pixelsSha256 } from '../../src/films/writer/pixelsSha256.js';

async function gather(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

/** Bytes in pieces of any size, as a disk gives them. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) {
    await Promise.resolve();
    yield bytes.subarray(from, from + size);
  }
}

const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    bits: fc.constantFrom(8 as const, 16 as const),
    channels: fc.constantFrom(1 as const, 3 as const),
  })
  .chain((layout) => {
    const rowBytes = (layout.width * layout.channels * layout.bits) / 8;
    return fc
      .uint8Array({ minLength: rowBytes * layout.height, maxLength: rowBytes * layout.height })
      .map((bytes) => ({ layout, rowBytes, bytes: Buffer.from(bytes) }));
  });

t.test('what is written is read back, however it is cut into pieces', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      pictures,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 40 }),
      async ({ layout, rowBytes, bytes }, piece, rows) => {
        const png = await gather(writePng(layout, inPieces(bytes, rows * rowBytes)));
        const back = await gather(readPng(layout, inPieces(png, piece)));
        return back.equals(bytes);
      },
    ),
    { seed: 9, numRuns: 150 },
  );
  t.pass();
});

t.test('libvips reads what is written', async (t) => {
  const width = 31;
  const height = 17;
  const samples = Uint16Array.from({ length: width * height }, (_, i) => (i * 2749) % 65536);
  const png = await gather(
    writePng({ width, height, bits: 16, channels: 1 }, [Buffer.from(samples.buffer.slice(0)).swap16()]),
  );
  const { data, info } = await sharp(png)
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  t.match(info, { width, height, channels: 1 });
  t.same(new Uint16Array(data.buffer, data.byteOffset, data.length / 2), samples);
  const colour = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256));
  const rgb = await sharp(await gather(writePng({ width, height, bits: 8, channels: 3 }, [colour])))
    .raw()
    .toBuffer();
  t.ok(rgb.equals(colour));
});

t.test('a file that is cut, damaged or of another film is never shown in part as if it were whole', async (t) => {
  const layout: PngLayout = { width: 64, height: 64, bits: 8, channels: 1 };
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * i) % 251));
  const png = await gather(writePng(layout, [bytes]));
  const read = (file: Buffer, as = layout) => gather(readPng(as, Readable.from([file])));
  t.ok((await read(png)).equals(bytes));
  for (const length of [0, 7, 20, 60, png.length - 20, png.length - 12])
    await t.rejects(read(png.subarray(0, length)), `cut to ${length}`);
  const damaged = Buffer.from(png);
  damaged[png.length >> 1]! ^= 0xff;
  await t.rejects(read(damaged), 'a byte changed');
  await t.rejects(read(png, { ...layout, width: 32, height: 128 }), /does not have the recorded size and depth/);
  await t.rejects(
    read(
      await sharp(bytes, { raw: { width: 64, height: 64, channels: 1 } })
        .png({ adaptiveFiltering: true })
        .toBuffer(),
    ),
    "a PNG of somebody else's",
  );
  await t.rejects(gather(writePng(layout, [bytes.subarray(0, 64)])), /1 rows came for a picture of 64/);
});

t.test("a film's address is the SHA-256 of its size, depth and samples", (t) => {
  // printf '2x1 16 bit 1 channel\n\001\000\377\377' | sha256sum
  const film = {
    width: 2,
    height: 1,
    channels: 1 as const,
    pixels: Uint16Array.of(1, 65535),
    facts: { bits: 16 as const },
  };
  t.equal(pixelsSha256(film), 'de66cdb5e0588876cbe297a50953220a0c494bd2e72c27145b1449caeb1d27e0');
  t.not(pixelsSha256({ ...film, width: 1, height: 2 }), pixelsSha256(film), 'another shape is another film');
  t.end();
});
