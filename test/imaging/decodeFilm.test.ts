import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { FilmError, sniffFormat } from '../../src/imaging/index.js';
import { greyPng, greySharp, linearGreyProfile, pngChunk, pngStart, ramp, tiff } from './files.js';

const options = { maxPixels: 4_000_000 };
const width = 80;
const height = 70;
const levels = ramp(width, height);
const deep = Uint16Array.from({ length: width * height }, (_, i) => (i * 11) % 65536);
const grey = () => greySharp(levels, width, height);
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256);
const colour = () => sharp(rgb, { raw: { width, height, channels: 3 } });
const deepGrey = () => sharp(deep, { raw: { width, height, channels: 1 } }).toColourspace('grey16');

t.test('8-bit grey keeps every stored value', async (t) => {
  const files = {
    png: await grey().png().toBuffer(),
    'interlaced png': await grey().png({ progressive: true }).toBuffer(),
    tiff: await grey().tiff({ compression: 'lzw' }).toBuffer(),
    'tiff by hand': tiff({ width, height, samples: levels }),
    bigtiff: await grey().tiff({ bigtiff: true, compression: 'none' }).toBuffer(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const film = await decodeFilm(bytes, options);
    t.match(
      film,
      { width, height, channels: 1, facts: { width, height, bits: 8, format: name.includes('png') ? 'png' : 'tiff' } },
      name,
    );
    t.ok(sameValues(film.pixels, levels), name);
    t.equal(film.facts.sha256, createHash('sha256').update(bytes).digest('hex'));
    t.match(film.facts.preparation, { window: null, inverted: false, orientation: 1, rangeUsed: Number });
  }
});

t.test('16-bit grey and RGB keep every stored value', async (t) => {
  for (const bytes of [
    await deepGrey().png().toBuffer(),
    await deepGrey().tiff({ compression: 'lzw' }).toBuffer(),
    tiff({ width, height, samples: deep }),
  ]) {
    const film = await decodeFilm(bytes, options);
    t.match(film, { channels: 1, facts: { bits: 16 } });
    t.ok(sameValues(film.pixels, deep));
  }
  const deepColour = Uint16Array.from({ length: width * height * 3 }, (_, i) => (i * 31) % 65536);
  const film = await decodeFilm(
    await sharp(deepColour, { raw: { width, height, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer(),
    options,
  );
  t.match(film, { channels: 3, facts: { bits: 16 } });
  t.ok(sameValues(film.pixels, deepColour));
});

t.test('JPEG, baseline and progressive, grey and colour, comes out as it went in', async (t) => {
  const smooth = Uint8Array.from({ length: width * height }, (_, i) => 40 + (i % width));
  for (const progressive of [false, true]) {
    const film = await decodeFilm(
      await greySharp(smooth, width, height).jpeg({ quality: 100, progressive }).toBuffer(),
      options,
    );
    t.match(film, { width, height, channels: 1, facts: { format: 'jpeg', bits: 8 } });
    t.ok(
      film.pixels.every((level, i) => Math.abs(level - smooth[i]!) <= 2),
      'grey within two levels',
    );
    const red = await decodeFilm(
      await sharp({ create: { width, height, channels: 3, background: { r: 200, g: 40, b: 60 } } })
        .jpeg({ quality: 100, progressive })
        .toBuffer(),
      options,
    );
    t.equal(red.channels, 3);
    t.ok(
      red.pixels.every((level, i) => Math.abs(level - [200, 40, 60][i % 3]!) <= 3),
      'colour within three levels',
    );
  }
});

t.test('WebP and palette PNG become RGB, alpha is dropped without touching what lies under it', async (t) => {
  const webp = await decodeFilm(await colour().webp({ lossless: true }).toBuffer(), options);
  t.match(webp, { channels: 3, facts: { format: 'webp' } });
  t.ok(sameValues(webp.pixels, rgb));

  const four = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i % 240 < 120 ? 20 : 200));
  const palette = await sharp(four, { raw: { width, height, channels: 3 } })
    .png({ palette: true, colours: 4, dither: 0 })
    .toBuffer();
  t.equal((await sharp(palette).metadata()).isPalette, true, 'it is a palette image');
  t.ok((await decodeFilm(palette, options)).pixels.every((level, i) => Math.abs(level - four[i]!) <= 1));

  const transparent = Uint8Array.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 0 : rgb[Math.floor(i / 4) * 3 + (i % 4)]!,
  );
  const film = await decodeFilm(
    await sharp(transparent, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer(),
    options,
  );
  t.equal(film.channels, 3);
  t.ok(sameValues(film.pixels, rgb));

  const greyAlpha = Uint16Array.from({ length: width * height * 2 }, (_, i) => (i % 2 === 1 ? 9 : deep[i >> 1]!));
  const deepFilm = await decodeFilm(
    await sharp(greyAlpha, { raw: { width, height, channels: 2 } })
      .toColourspace('grey16')
      .png()
      .toBuffer(),
    options,
  );
  t.match(deepFilm, { channels: 1, facts: { bits: 16 } });
  t.ok(sameValues(deepFilm.pixels, deep));
});

t.test('a CMYK JPEG becomes RGB: no ink is white', async (t) => {
  const jpeg = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .toColourspace('cmyk')
    .jpeg()
    .toBuffer();
  t.equal((await sharp(jpeg).metadata()).space, 'cmyk');
  const film = await decodeFilm(jpeg, options);
  t.equal(film.channels, 3);
  t.ok(film.pixels.every((level) => level > 245));
});

t.test('every EXIF orientation is undone and recorded', async (t) => {
  // A dark film with one bright quarter: top left once it stands upright.
  const upright = (x: number, y: number, w: number, h: number) => (x < w / 2 && y < h / 2 ? 220 : 30);
  // Where the stored pixel (x, y) of a file with this orientation lies upright (Exif 2.3, tag 0112).
  const turn: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y, w) => [w - 1 - x, y],
    3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
    4: (x, y, _w, h) => [x, h - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y, _w, h) => [h - 1 - y, x],
    7: (x, y, w, h) => [h - 1 - y, w - 1 - x],
    8: (x, y, w) => [y, w - 1 - x],
  };
  for (const [key, place] of Object.entries(turn)) {
    const orientation = Number(key);
    const [uprightWidth, uprightHeight] = orientation >= 5 ? [height, width] : [width, height];
    const stored = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = place(i % width, Math.floor(i / width), width, height);
      return upright(x, y, uprightWidth, uprightHeight);
    });
    const film = await decodeFilm(
      await greySharp(stored, width, height).withMetadata({ orientation }).tiff({ compression: 'none' }).toBuffer(),
      options,
    );
    t.match(film, {
      width: uprightWidth,
      height: uprightHeight,
      facts: { width: uprightWidth, height: uprightHeight, preparation: { orientation } },
    });
    t.ok(
      film.pixels.every(
        (level, i) =>
          level ===
          upright(
            ((i / film.channels) | 0) % uprightWidth,
            Math.floor(((i / film.channels) | 0) / uprightWidth),
            uprightWidth,
            uprightHeight,
          ),
      ),
      `orientation ${orientation}`,
    );
  }
  for (const none of [0, 9]) {
    const film = await decodeFilm(
      await grey()
        .withExif({ IFD0: { Orientation: String(none) } })
        .jpeg()
        .toBuffer(),
      options,
    );
    t.match(film, { width, height, facts: { preparation: { orientation: 1 } } }, `${none} is no orientation`);
  }
});

t.test('a TIFF in which zero is white is turned round, and the report says so', async (t) => {
  const white8 = await decodeFilm(tiff({ width, height, samples: levels, photometric: 0 }), options);
  t.ok(
    sameValues(
      white8.pixels,
      levels.map((level) => 255 - level),
    ),
  );
  t.equal(white8.facts.preparation.inverted, true);
  const white16 = await decodeFilm(tiff({ width, height, samples: deep, photometric: 0 }), options);
  t.ok(
    sameValues(
      white16.pixels,
      deep.map((level) => 65535 - level),
    ),
  );
  t.equal(white16.facts.preparation.inverted, true);
});

t.test('a TIFF whose tags are odd is a film all the same', async (t) => {
  // A software name that is a number, a private tag, and neither in its place.
  const odd = tiff({
    width,
    height,
    samples: levels,
    oddTags: [
      [305, 3, 7],
      [65000, 3, 7],
    ],
  });
  await t.rejects(sharp(odd).raw().toBuffer(), /Warning treated as error/, 'libvips would stop at this if it were let');
  t.ok(sameValues((await decodeFilm(odd, options)).pixels, levels));
});

t.test('samples beyond grey in a TIFF are left out, as alpha is', async (t) => {
  const five = Uint8Array.from({ length: width * height * 5 }, (_, i) => (i % 5 === 0 ? levels[i / 5]! : 99));
  t.ok(
    sameValues((await decodeFilm(tiff({ width, height, samples: five, samplesPerPixel: 5 }), options)).pixels, levels),
  );
});

t.test('a colour profile does not change stored grey levels', async (t) => {
  const profile = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('linear\0\0', 'latin1'), deflateSync(linearGreyProfile())]),
  );
  const png = greyPng(width, height, levels, [profile]);
  const converted = await sharp(png).toColourspace('b-w').raw().toBuffer();
  t.notOk(sameValues(new Uint8Array(converted), levels), 'libvips would apply this profile if it were let');
  t.ok(sameValues((await decodeFilm(png, options)).pixels, levels));
});

/** Same type, same values; without a diff of thousands of lines where not. */
function sameValues(found: Uint8Array | Uint16Array, expected: Uint8Array | Uint16Array): boolean {
  return (
    found.BYTES_PER_ELEMENT === expected.BYTES_PER_ELEMENT &&
    found.length === expected.length &&
    found.every((value, i) => value === expected[i])
  );
}

const refusals = async (t: Test, code: FilmError['code'], cases: Record<string, Uint8Array>, message?: RegExp) => {
  for (const [name, bytes] of Object.entries(cases)) {
    await t.rejects(
      decodeFilm(bytes, options),
      { name: 'FilmError', code, ...(message === undefined ? {} : { message }) },
      name,
    );
  }
};

t.test('what is no DICOM, JPEG, PNG, TIFF or WebP is refused, and told what it looks like', (t) => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  const cases: [RegExp, Uint8Array][] = [
    [/empty/, new Uint8Array()],
    [/text/, latin('This is not a film, although its name ends in .jpg\n')],
    [/HTML/, latin('\n<!DOCTYPE html><html>')],
    [/SVG/, latin('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
    [/PDF/, latin('%PDF-1.7\n')],
    [/GIF/, latin('GIF89a\x01\0\x01\0')],
    [/BMP/, latin('BM\x46\0\0\0')],
    [/ZIP/, latin('PK\x03\x04\x14\0')],
    [/DICOM without its file header/, Buffer.concat([Buffer.alloc(128), latin('DICM\x08\0\x05\0CS')])],
    [/without preamble/, latin('\x08\0\x05\0CS\x0a\0ISO_IR 100')],
    [/JPEG 2000/, latin('\0\0\0\x0cjP  \r\n\x87\n')],
    [/HEIF or AVIF/, latin('\0\0\0\x1cftypavif')],
    [/LFS/, latin('version https://git-lfs.github.com/spec/v1\n')],
    [/no known image format/, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    [/no known image format/, latin('RIFF\0\0\0\0WAVE')],
  ];
  for (const [message, bytes] of cases)
    t.throws(() => sniffFormat(bytes), { code: 'unsupported-image', message }, String(message));
  t.end();
});

t.test('in a process that decodes, libvips opens nothing but the four formats of films', async (t) => {
  await t.rejects(
    sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).metadata(),
    /unsupported image format/,
  );
  await t.rejects(
    sharp(Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAAC', 'base64')).metadata(),
    /unsupported image format/,
  );
});

t.test('a file that was cut off is broken, not a film with an invented half', async (t) => {
  const noise = Uint8Array.from({ length: 200 * 200 }, (_, i) => (i * i * 7919) % 251);
  const big = () => greySharp(noise, 200, 200);
  const whole = {
    jpeg: await big().jpeg().toBuffer(),
    'progressive jpeg': await big().jpeg({ progressive: true }).toBuffer(),
    png: await big().png().toBuffer(),
    tiff: await big().tiff({ compression: 'none' }).toBuffer(),
    'tiff lzw': await big().tiff({ compression: 'lzw' }).toBuffer(),
    webp: await big().webp({ lossless: true }).toBuffer(),
  };
  for (const [name, bytes] of Object.entries(whole)) {
    await t.resolves(decodeFilm(bytes, options), `${name}, whole`);
    await refusals(t, 'broken-image', {
      [`${name}, half`]: bytes.subarray(0, bytes.length / 2),
      [`${name}, nine tenths`]: bytes.subarray(0, bytes.length * 0.9),
      [`${name}, its first bytes`]: bytes.subarray(0, 20),
    });
  }
  // An end marker in the middle of the data: libjpeg only warns, and fills the rest with grey.
  const hole = Buffer.from(whole.jpeg);
  hole.set([0xff, 0xd9], hole.length / 2);
  await refusals(t, 'broken-image', { 'jpeg with a hole': hole });
});

t.test('pixels are counted before they are allocated', async (t) => {
  const zeros = (w: number, h: number) => greyPng(w, h, new Uint8Array(w * h));
  await refusals(
    t,
    'image-too-large',
    {
      'a PNG header of 60,000 × 60,000': Buffer.concat([
        pngStart(60_000, 60_000),
        pngChunk('IDAT', deflateSync(new Uint8Array(100))),
      ]),
      'a bomb: 6 million pixels in a few kilobytes': zeros(3000, 2000),
      'a TIFF that says 60,000 × 60,000': tiff({ width: 60_000, height: 60_000, samples: new Uint8Array(64) }),
    },
    /\d+ × \d+ pixels/,
  );
  await t.resolves(decodeFilm(zeros(2000, 2000), options), 'just at the limit');
});

t.test('an image of under 64 pixels on a side is no film', async (t) => {
  await refusals(t, 'image-too-small', {
    '1 × 1': greyPng(1, 1, Uint8Array.of(7)),
    '63 high': greyPng(64, 63, new Uint8Array(64 * 63)),
    '63 wide': greyPng(63, 64, new Uint8Array(64 * 63)),
  });
  await t.resolves(decodeFilm(greyPng(64, 64, new Uint8Array(64 * 64)), options));
});

t.test('several pages or frames are refused', async (t) => {
  const two = Buffer.concat([levels, levels.map((level) => 255 - level)]);
  const pages = () => sharp(two, { raw: { width, height: height * 2, channels: 1, pageHeight: height } });
  const animated = greyPng(width, height, levels, [pngChunk('acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0))]);
  await refusals(
    t,
    'unsupported-image',
    {
      'TIFF of two pages': await pages().tiff().toBuffer(),
      'animated WebP': await pages()
        .webp({ delay: [100, 100] })
        .toBuffer(),
    },
    /2 pages or frames/,
  );
  await refusals(t, 'unsupported-image', { 'animated PNG': animated }, /animated/);
});

t.test('samples that have no place in 8 or 16 bits are refused, not squeezed', async (t) => {
  const frame = (marker: number, bits: number) =>
    Uint8Array.of(0xff, 0xd8, 0xff, marker, 0, 11, bits, 0, 80, 0, 80, 1, 1, 0x11, 0, 0xff, 0xda, 0, 0);
  await refusals(
    t,
    'unsupported-image',
    { float: tiff({ width, height, samples: new Float32Array(width * height), sampleFormat: 3 }) },
    /floating-point/,
  );
  await refusals(
    t,
    'unsupported-image',
    { signed: tiff({ width, height, samples: deep, sampleFormat: 2 }) },
    /unsigned/,
  );
  await refusals(t, 'unsupported-image', { '12 bits': tiff({ width, height, samples: deep, bits: 12 }) }, /12 bits/);
  await refusals(t, 'unsupported-image', { '12-bit JPEG': frame(0xc1, 12) }, /12 bits/);
  await refusals(t, 'unsupported-image', { 'JPEG-LS': frame(0xf7, 8) }, /JPEG-LS/);
  await refusals(t, 'unsupported-image', { 'lossless JPEG': frame(0xc3, 8) }, /Lossless/);
});

t.test('whatever is done to a file, it becomes a film or a FilmError', async (t) => {
  const files = await Promise.all([
    grey().jpeg().toBuffer(),
    grey().png().toBuffer(),
    grey().tiff().toBuffer(),
    grey().webp().toBuffer(),
    deepGrey().tiff({ compression: 'lzw' }).toBuffer(),
  ]);
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  let films = 0;
  let errors = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), damage, fc.nat(), async (file, changes, cut) => {
      const bytes = Buffer.from(file);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      try {
        const film = await decodeFilm(cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes, options);
        films += 1;
        return film.pixels.length === film.width * film.height * film.channels;
      } catch (error) {
        errors += 1;
        return error instanceof FilmError;
      }
    }),
    { seed: 7, numRuns: 400 },
  );
  t.ok(films > 20 && errors > 20, `both happened: ${films} films, ${errors} errors`);
});
