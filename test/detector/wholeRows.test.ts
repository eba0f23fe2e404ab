import fc from 'fast-check';
import t from 'tap';
import { resize } from '../../src/detector/resize/index.js';
import { taps } from '../../src/detector/resize/taps.js';

interface Case {
  readonly width: number;
  readonly height: number;
  readonly to: { readonly width: number; readonly height: number };
  readonly seed: number;
  readonly deep: boolean;
}

/** The area mean as it was before rows were added up as integers: every level times its weight, in this order. */
function areaByWeights({ width, to }: Case, pixels: Uint8Array | Uint16Array, table: Uint8Array, height: number) {
  const across = taps('area', width, to.width);
  const down = taps('area', height, to.height);
  const out = new Uint8Array(to.width * to.height);
  const row = new Float64Array(width);
  for (let y = 0; y < down.size; y++) {
    row.fill(0);
    for (let j = 0; j < down.count; j++) {
      const weight = down.weights[y * down.count + j]!;
      for (let x = 0, i = (down.start[y]! + j) * width; x < width; x++, i++) row[x]! += table[pixels[i]!]! * weight;
    }
    for (let x = 0; x < across.size; x++) {
      let sum = 0;
      for (let j = 0; j < across.count; j++) sum += row[across.start[x]! + j]! * across.weights[x * across.count + j]!;
      out[y * across.size + x] = sum + 2 ** 52 - 2 ** 52;
    }
  }
  return out;
}

/** Levels that are as often 0 and 255 as anything between them: sums reach their bounds. */
function noise(length: number, greatest: number, seed: number): (i: number) => number {
  let state = (seed ^ length) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const share = (state >>> 8) / 2 ** 24;
    return share < 0.25 ? 0 : share > 0.75 ? greatest : Math.round(share * greatest);
  };
}

function differs(options: Case): string {
  const { width, height, to, seed, deep } = options;
  const greatest = deep ? 65535 : 255;
  const level = noise(width * height, greatest, seed);
  const pixels = deep
    ? Uint16Array.from({ length: width * height }, level)
    : Uint8Array.from({ length: width * height }, level);
  const table = Uint8Array.from({ length: greatest + 1 }, (_, v) => Math.round((v * 255) / greatest));
  const found = resize({ width, height, pixels }, table, to, 'area');
  const expected = areaByWeights(options, pixels, table, height);
  const at = found.findIndex((value, i) => value !== expected[i]);
  return at < 0
    ? ''
    : `${width} × ${height} → ${to.width} × ${to.height}: ${found[at]} is not ${expected[at]} at ${at}`;
}

t.test('an area mean of many rows has the very bytes that weighing each level gives, in 8 and in 16 bits', (t) => {
  fc.assert(
    fc.property(
      fc.record({
        width: fc.integer({ min: 1, max: 90 }),
        height: fc.integer({ min: 10, max: 400 }),
        across: fc.integer({ min: 1, max: 90 }),
        ratio: fc.double({ min: 2.5, max: 60, noNaN: true }),
        seed: fc.nat(),
        deep: fc.boolean(),
      }),
      ({ width, height, across, ratio, seed, deep }) => {
        const to = { width: Math.min(across, width), height: Math.max(1, Math.floor(height / ratio)) };
        const difference = differs({ width, height, to, seed, deep });
        if (difference !== '') throw new Error(difference);
      },
    ),
    { numRuns: 400, seed: 20261201 },
  );
  t.end();
});

t.test('films as they come: at every height of a side of 4096, and at the greatest that is taken', (t) => {
  const faults: string[] = [];
  for (const [height, rows] of [
    [2500, 346],
    [2048, 416],
    [4096, 416],
    [4095, 415],
    [4288, 416],
    [12_000, 416],
    [65_535, 1],
    [25_000, 3],
  ] as const)
    for (const deep of [false, true]) {
      const fault = differs({ width: 37, height, to: { width: 5, height: rows }, seed: height, deep });
      if (fault !== '') faults.push(fault);
    }
  t.strictSame(faults, []);
  t.end();
});
