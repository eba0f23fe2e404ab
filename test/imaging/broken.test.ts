import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';

// Files as cameras, scanners and libtiff write them, kept under the name of what is odd about them.
const file = (name: string) => readFile(join(import.meta.dirname, 'broken', name));
const decode = (bytes: Uint8Array) => decodeFilm(bytes, { maxPixels: 1e7 });

t.test(
  'a whole JPEG with stray bytes between its headers is read, one with such bytes in its data is not',
  async (t) => {
    const bytes = await file('jpeg-extraneous-bytes-between-headers.jpg');
    const film = await decode(bytes);
    const reference = await sharp(bytes, { failOn: 'none' }).toColourspace('b-w').raw().toBuffer();
    t.equal(Buffer.compare(Buffer.from(film.pixels), reference), 0, 'pixel by pixel');
    const cut = bytes.subarray(0, bytes.length - 400);
    await t.rejects(decode(cut), { code: 'broken-image' }, 'a cut one is still broken');
  },
);

t.test('a sound TIFF of a compression that is not read is unsupported, not broken', async (t) => {
  await t.rejects(decode(await file('tiff-zstd.tif')), {
    code: 'unsupported-image',
    message: /^A TIFF of this compression is not supported; send PNG, or TIFF with LZW, deflate or none\.$/,
  });
});

t.test('TIFF tags may be LONG where SHORT is usual', async (t) => {
  t.match(await decode(await file('tiff-bits-as-long-big-endian.tif')), { facts: { format: 'tiff' } });
});
