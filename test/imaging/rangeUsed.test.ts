import fc from 'fast-check';
import sharp from 'sharp';
import t from 'tap';
import { judgeFilm } from '../../src/engine/decoder/judgeFilm.js';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
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
    detail: /uses 6.1 % of its 16-bit range.*--window 1,99/,
  });
  t.match(judgeFilm(scaled, { inputGate: 'none', window: 'none' }), { kind: 'passes' });
  t.match(judgeFilm(dark, { inputGate: 'none', window: { percentile: [1, 99] } }), { kind: 'passes' });
});
