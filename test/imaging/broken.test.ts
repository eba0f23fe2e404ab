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

t.test('a JPEG whose headers alone make libjpeg warn is whole, and read as libjpeg reads it', async (t) => {
  const names = [
    'jpeg-padded-page-between-headers.jpg',
    'jpeg-restart-marker-between-headers.jpg',
    'jpeg-unknown-jfif-revision.jpg',
    'jpeg-sequential-scan-without-coefficients.jpg',
    'jpeg-unknown-adobe-transform.jpg',
  ];
  for (const name of names) {
    const bytes = await file(name);
    const film = await decode(bytes);
    const space = film.channels === 1 ? 'b-w' : 'srgb';
    const reference = await sharp(bytes, { failOn: 'none' }).toColourspace(space).raw().toBuffer();
    t.equal(Buffer.compare(Buffer.from(film.pixels), reference), 0, `${name}, pixel by pixel`);
    const cut = bytes.subarray(0, bytes.length - 60);
    await t.rejects(decode(cut), { code: 'broken-image' }, `${name}, cut`);
  }
});

t.test('a sound TIFF of a compression, layout or colour that is not read is unsupported, not broken', async (t) => {
  const compression = /^A TIFF of this compression is not supported; send PNG, or TIFF with LZW, deflate or none\.$/;
  const cases: [name: string, message: RegExp][] = [
    ['tiff-zstd.tif', compression],
    ['tiff-lzma.tif', compression],
    ['tiff-jpeg2000.tif', compression],
    ['tiff-lerc.tif', compression],
    ['tiff-jbig.tif', compression],
    ['tiff-tiled-separate-planes.tif', /^A tiled TIFF of separate planes is not supported/],
    ['tiff-cielab.tif', /^A TIFF of CIELab colours is not supported; send grey or RGB\.$/],
    ['tiff-cielab-16-bit.tif', /^A TIFF of CIELab colours/],
    ['tiff-linear-raw.tif', /^A TIFF of linear raw sensor data/],
  ];
  for (const [name, message] of cases)
    await t.rejects(decode(await file(name)), { code: 'unsupported-image', message }, name);
});

t.test('TIFF tags may be LONG where SHORT is usual', async (t) => {
  t.match(await decode(await file('tiff-bits-as-long-big-endian.tif')), { facts: { format: 'tiff' } });
});
