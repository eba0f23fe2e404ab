import fc from 'fast-check';
import t from 'tap';
import type { ModelSpec } from '../../src/detector/index.js';
import { applyWindow, type Film, percentileWindow } from '../../src/imaging/index.js';

type WindowingSpec = Pick<ModelSpec, 'input' | 'window' | 'fit'>;

function spec(
  arithmetic: 'uint8' | 'float32',
  window: ModelSpec['window'],
  colour: 'grey' | 'rgb' = 'grey',
): WindowingSpec {
  return {
    input: { tensor: 'x', width: 64, height: 64, channels: 3, layout: 'nchw', colour, scale: 1, mean: 0 },
    window,
    fit: { mode: 'letterbox', interpolation: 'area', arithmetic, fill: 0, unletterbox: 'exact' },
  };
}

function film(pixels: Uint8Array | Uint16Array, channels: 1 | 3 = 1): Film {
  const width = pixels.length / channels;
  const bits = pixels instanceof Uint16Array ? 16 : 8;
  const preparation = { window: null, inverted: false, orientation: 1 };
  return {
    width,
    height: 1,
    channels,
    pixels,
    facts: { sha256: '', width, height: 1, format: 'png', bits, preparation },
  };
}

const values = (film: Film, s: WindowingSpec) => {
  const { planes, table } = applyWindow(film, s).levels;
  return planes.map((plane) => [...plane].map((value) => table[value]!));
};

t.test('percentiles are the smallest levels whose count reaches the share, nearest rank', (t) => {
  const hundred = Uint8Array.from({ length: 100 }, (_, i) => i);
  // 1 % of 100 pixels is one pixel: level 0 alone. 99 %: levels 0…98.
  t.same(percentileWindow(hundred, 255, [1, 99]), [0, 98]);
  // One pixel more than 7 would be level 7.
  t.same(percentileWindow(hundred, 255, [7, 50]), [6, 49]);
  t.same(percentileWindow(hundred, 255, [0, 100]), [0, 99]);
  // 2 % of 3 pixels is less than one pixel, 99 % are more than two.
  t.same(percentileWindow(Uint16Array.of(500, 60000, 7), 65535, [2, 99]), [7, 60000]);
  t.same(
    percentileWindow(Uint8Array.of(9, 9, 9), 255, [1, 99]),
    [0, 255],
    'nothing to stretch between a level and itself',
  );
  t.end();
});

t.test('for any film, the percentiles are the values at their ranks among all pixels in order', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint16Array({ minLength: 1, maxLength: 300 }), fc.uint8Array({ minLength: 1, maxLength: 300 })),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 61, max: 100 }),
      (plane, lower, upper) => {
        const greatest = plane instanceof Uint16Array ? 65535 : 255;
        const ordered = plane.toSorted();
        const at = (percent: number) => ordered[Math.max(1, Math.ceil((percent * plane.length) / 100)) - 1]!;
        const [low, high] = [at(lower), at(upper)];
        t.strictSame(percentileWindow(plane, greatest, [lower, upper]), high > low ? [low, high] : [0, greatest]);
      },
    ),
    { seed: 12, numRuns: 200 },
  );
  t.end();
});

t.test('the window is stretched to bytes with rounding, or to 0…1 without', (t) => {
  const grey = film(Uint8Array.of(10, 20, 21, 40, 50));
  // From the 30th percentile (1.5 → the second of five) to the 80th (the fourth): 20…40.
  const window: ModelSpec['window'] = { percentile: [30, 80] };
  t.same(applyWindow(grey, spec('uint8', window)).window, [20, 40]);
  // (21 − 20) · 255 / 20 = 12.75
  t.same(values(grey, spec('uint8', window)), [[0, 0, 13, 255, 255]]);
  t.same(values(grey, spec('float32', window)), [[0, 0, Math.fround(0.05), 1, 1]]);
  t.end();
});

t.test('without a window 8 bits stay, 16 bits are scaled from their whole range, and none is reported', (t) => {
  t.same(values(film(Uint8Array.of(0, 1, 128, 255)), spec('uint8', 'none')), [[0, 1, 128, 255]]);
  // 257 · 255 / 65535 = 1; 32768 · 255 / 65535 = 127.502
  t.same(values(film(Uint16Array.of(0, 257, 32768, 65535)), spec('uint8', 'none')), [[0, 1, 128, 255]]);
  t.same(values(film(Uint16Array.of(0, 65535)), spec('float32', 'none')), [[0, 1]]);
  t.equal(applyWindow(film(Uint8Array.of(0)), spec('uint8', 'none')).window, null);
  t.end();
});

t.test('a colour film becomes grey by its Rec. 601 luma as OpenCV rounds it', (t) => {
  // 0.299 · 255 = 76.2; 0.587 · 255 = 149.7; 0.114 · 255 = 29.07; 29.9 + 11.74 + 3.42 = 45.06
  const colours = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 100, 20, 30, 255, 255, 255);
  t.same(values(film(colours, 3), spec('uint8', 'none')), [[76, 150, 29, 45, 255]]);
  const deep = Uint16Array.of(65535, 65535, 65535, 65535, 0, 0);
  // 0.299 · 65535 = 19595; · 255 / 65535 = 76.2
  t.same(values(film(deep, 3), spec('uint8', 'none')), [[255, 76]]);
  t.end();
});

t.test('a network of colours gets three planes, of a grey film the same three times', (t) => {
  const colours = Uint8Array.of(1, 2, 3, 4, 5, 6);
  t.same(values(film(colours, 3), spec('uint8', 'none', 'rgb')), [
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
  t.same(values(film(Uint8Array.of(7, 8)), spec('uint8', 'none', 'rgb')), [
    [7, 8],
    [7, 8],
    [7, 8],
  ]);
  t.end();
});

t.test('for any film: equal planes are their own luma, order is kept, and the window ends are 0 and 255', (t) => {
  const pixels = fc.oneof(
    fc.uint16Array({ minLength: 2, maxLength: 300 }),
    fc.uint8Array({ minLength: 2, maxLength: 300 }),
  );
  fc.assert(
    fc.property(pixels, fc.integer({ min: 0, max: 49 }), fc.integer({ min: 51, max: 100 }), (grey, lower, upper) => {
      const s = spec('uint8', { percentile: [lower, upper] });
      const { window } = applyWindow(film(grey), s);
      const [plane] = values(film(grey), s);
      if (plane === undefined || window === null) return false;
      const three = grey instanceof Uint16Array ? new Uint16Array(grey.length * 3) : new Uint8Array(grey.length * 3);
      three.forEach((_, i) => (three[i] = grey[Math.floor(i / 3)]!));
      const sameAsColour = values(film(three, 3), s)[0]!.every((level, i) => level === plane[i]);
      const ends = grey.every((v, i) => (v > window[0] || plane[i] === 0) && (v < window[1] || plane[i] === 255));
      const ordered = grey.every(
        (v, i) => i === 0 || Math.sign(v - grey[i - 1]!) * Math.sign(plane[i]! - plane[i - 1]!) >= 0,
      );
      return sameAsColour && ends && ordered;
    }),
    { seed: 11, numRuns: 300 },
  );
  t.end();
});
