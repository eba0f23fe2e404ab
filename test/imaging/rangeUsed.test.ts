import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import t from 'tap';
import { judgeFilm } from '../../src/engine/decoder/judgeFilm.js';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { invertFilm } from '../../src/imaging/index.js';
import { rangeUsed } from '../../src/imaging/rangeUsed.js';

/** A film of 100 × 100 whose values run over 0 … greatest, `factor` times. */
async function ramp(greatest: number, factor: number) {
  const pixels = Uint16Array.from({ length: 10_000 }, (_, i) => Math.round((i / 9999) * greatest) * factor);
  const raw = { width: 100, height: 100, channels: 1 } as const;
  const png = await sharp(pixels, { raw }).toColourspace('grey16').png().toBuffer();
  return decodeFilm(png, { maxPixels: 1e6 });
}

t.test('12 bits in a 16-bit file use a sixteenth of its range, whatever letters are burned in', async (t) => {
  const twelve = await ramp(4095, 1);
  t.match(twelve.facts, { bits: 16, preparation: { rangeUsed: 0.0612 } }, '0.98 · 4095 / 65535 = 0.0612');
  t.match((await ramp(4095, 16)).facts.preparation, { rangeUsed: 0.9798 }, 'the same film, scaled');
  const letters = twelve.pixels.slice();
  letters.fill(65535, 0, 90);
  t.ok(rangeUsed(letters, 65535) < 0.07);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (pixels) => {
      const share = rangeUsed(pixels, 255);
      return share >= 0 && share <= (Math.max(...pixels) - Math.min(...pixels)) / 255 + 1e-4;
    }),
  );
});

t.test('a model without a window is not asked about a film that would look black to it', async (t) => {
  const [dark, scaled] = [await ramp(4095, 1), await ramp(4095, 16)];
  t.match(judgeFilm(dark, { inputGate: 'none', window: 'none' }), {
    kind: 'refused',
    code: 'range-unused',
    detail: /less than a tenth of its 16-bit range.*--window 1,99/,
  });
  t.match(
    judgeFilm(invertFilm(dark), { inputGate: 'none', window: 'none' }),
    { kind: 'refused' },
    'nor about a white one',
  );
  t.match(judgeFilm(scaled, { inputGate: 'none', window: 'none' }), { kind: 'passes' });
  t.match(judgeFilm(dark, { inputGate: 'none', window: { percentile: [1, 99] } }), { kind: 'passes' });
});

/** The same ramp in 8 bits. */
async function ramp8(greatest: number) {
  const pixels = Uint8Array.from({ length: 10_000 }, (_, i) => Math.round((i / 9999) * greatest));
  const png = await sharp(pixels, { raw: { width: 100, height: 100, channels: 1 } })
    .png()
    .toBuffer();
  return decodeFilm(png, { maxPixels: 1e6 });
}

const plain = { inputGate: 'none', window: 'none' } as const;

t.test('nor about a dark film of 8 bits, as the upper byte of 12 bits is one', async (t) => {
  const dark = await ramp8(15);
  t.match(judgeFilm(dark, plain), { kind: 'refused', detail: /less than a tenth of its 8-bit range/ });
  t.match(judgeFilm(invertFilm(dark), plain), { kind: 'refused' }, 'as a negative of it');
  t.match(judgeFilm(dark, { ...plain, window: { percentile: [1, 99] } }), { kind: 'passes' });
  t.match(judgeFilm(await ramp8(60), plain), { kind: 'passes' }, 'a film that is faint, but there');
  const white = await ramp8(15);
  white.pixels.fill(255);
  t.match(judgeFilm(white, plain), { kind: 'passes' }, 'white as it is stored: nothing was cut off');
  white.pixels.fill(5);
  t.match(judgeFilm(white, plain), { kind: 'passes' }, 'nor does a window find more in a single level');
});

/** A PNG with a chunk of significant bits behind its header. */
async function pngWithBits(greatest: number, bits: number): Promise<Buffer> {
  const pixels = Uint16Array.from({ length: 10_000 }, (_, i) => Math.round((i / 9999) * greatest));
  const raw = { width: 100, height: 100, channels: 1 } as const;
  const png = await sharp(pixels, { raw }).toColourspace('grey16').png().toBuffer();
  const chunk = Buffer.from([0, 0, 0, 1, ...Buffer.from('sBIT'), bits, 0, 0, 0, 0]);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 9)), 9);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

t.test('what a file says of its bits tells that 13 or 14 of them were not scaled, and changes no value', async (t) => {
  const decoded = async (bytes: Buffer) => decodeFilm(bytes, { maxPixels: 1e6 });
  const unscaled = await decoded(await pngWithBits(16_383, 14));
  t.equal(unscaled.pixels.at(-1), 16_383, 'sBIT is no scale: by the specification samples fill their depth');
  t.match(judgeFilm(unscaled, plain), { kind: 'refused', code: 'range-unused', detail: /holds 14 bits in 16 without/ });
  t.match(judgeFilm(invertFilm(unscaled), plain), { kind: 'refused' });
  t.match(
    judgeFilm(await decoded(await pngWithBits(65_535, 14)), plain),
    { kind: 'passes' },
    'scaled, as it should be',
  );
  t.match(judgeFilm(await ramp(16_383, 1), plain), { kind: 'passes' }, 'a quarter of the range, and nothing is said');
  t.match(judgeFilm(await decoded(await pngWithBits(30_000, 15)), plain), { kind: 'passes' }, 'a dark film of 15 bits');
  t.match(judgeFilm(await decoded(tiffWithMaximum(16_383, 16_383)), plain), { kind: 'refused', detail: /14 bits/ });
  t.match(judgeFilm(await decoded(tiffWithMaximum(65_535, 65_535)), plain), { kind: 'passes' });
});

/** A little-endian TIFF of 100 × 100 16-bit samples in one strip, with MaxSampleValue (tag 281). */
function tiffWithMaximum(greatest: number, stated: number): Buffer {
  const tags: readonly (readonly [tag: number, type: number, value: number])[] = [
    [256, 3, 100],
    [257, 3, 100],
    [258, 3, 16],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8 + 2 + 12 * 10 + 4],
    [277, 3, 1],
    [278, 3, 100],
    [279, 4, 20_000],
    [281, 3, stated],
  ];
  const head = Buffer.alloc(8 + 2 + 12 * tags.length + 4);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, value], i) => {
    const at = 10 + 12 * i;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt32LE(value, at + 8);
  });
  const samples = Uint16Array.from({ length: 10_000 }, (_, i) => Math.round((i / 9999) * greatest));
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}
