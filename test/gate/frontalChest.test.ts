import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { cellsOf } from '../../src/gate/cells.js';
import { colouredShare } from '../../src/gate/colour.js';
import { readFittedNetwork } from '../../src/gate/fittedNetwork.js';
import { findGate, type Gate, type GateFilm, type GateVerdict } from '../../src/gate/index.js';
import { readNetwork, score } from '../../src/gate/network.js';
import { thumbnailOf, turned } from '../../src/gate/thumbnail.js';
import {
  axialSlice,
  blank,
  decoded,
  filmAt,
  frontalFilms,
  greyOf,
  hand,
  marked,
  negativeOf,
  page,
  photograph,
  tinted,
  turnedBy,
} from './pictures.js';

const gate = theGate();

function theGate(): Gate {
  const found = findGate({ name: 'frontal-chest', version: '1.0.0' });
  if (found === undefined) throw new Error('the service has no gate "frontal-chest" 1.0.0');
  return found;
}

function isRefused(t: Test, verdict: GateVerdict, words: RegExp, what: string): void {
  t.match(verdict, { kind: 'refused', code: 'not-a-frontal-chest-film', detail: words }, what);
}

t.test('a gate is found by name and version, and by nothing less', (t) => {
  t.equal(gate.name, 'frontal-chest');
  t.equal(findGate('none'), undefined);
  t.equal(findGate({ name: 'frontal-chest', version: '0.9.0' }), undefined);
  t.equal(findGate({ name: 'toString', version: '1.0.0' }), undefined);
  t.end();
});

for (const path of frontalFilms) {
  t.test(`${path} passes upright, is turned round as a negative, and is refused on its side or head`, async (t) => {
    t.same(gate.judge(await filmAt(path)), { kind: 'passes' });
    t.same(gate.judge(await decoded(await negativeOf(path))), { kind: 'passes-inverted' });
    isRefused(t, gate.judge(await decoded(await turnedBy(path, 90))), /on its side.*right/, 'turned to the right');
    isRefused(t, gate.judge(await decoded(await turnedBy(path, 270))), /on its side.*left/, 'turned to the left');
    isRefused(t, gate.judge(await decoded(await turnedBy(path, 180))), /upside down/, 'upside down');
  });
}

t.test('what is no film of a chest is refused, with words that say what it looks like', async (t) => {
  const scene = await photograph();
  isRefused(t, gate.judge(await decoded(scene)), /in colour/, 'a photograph');
  isRefused(t, gate.judge(await decoded(await greyOf(scene))), /does not look like/, 'a photograph in grey');
  isRefused(t, gate.judge(await decoded(await page())), /does not look like/, 'a tall page of text');
  isRefused(t, gate.judge(await decoded(await hand())), /does not look like/, 'a hand');
  isRefused(t, gate.judge(await decoded(await axialSlice())), /does not look like/, 'a slice across');
  for (const level of [0, 128, 255])
    isRefused(t, gate.judge(await decoded(await blank(level))), /blank/, `level ${level} all over`);
});

t.test('neither size, nor depth, nor tone, nor the channels of a grey film change what it is', async (t) => {
  const path = frontalFilms[1]!;
  const as = async (what: string, picture: Promise<Buffer>) => {
    t.same(gate.judge(await decoded(await picture)), { kind: 'passes' }, what);
  };
  await as('as a thumbnail', sharp(path).resize(96, 96).png().toBuffer());
  await as('large', sharp(path).resize(2500, 2500).jpeg().toBuffer());
  await as('dark and flat', sharp(path).linear(0.15, 10).png().toBuffer());
  await as('grey in three channels', sharp(path).toColourspace('srgb').png().toBuffer());
  await as('wide, on black', sharp(path).extend({ left: 200, right: 200, background: 'black' }).png().toBuffer());
  const film = await filmAt(path);
  t.same(gate.judge(tinted(film, [0.7, 0.85, 1])), { kind: 'passes' }, 'tinted blue as a whole');
  t.same(gate.judge(marked(tinted(film, [1, 1, 1]))), { kind: 'passes' }, 'with a red mark');
  // 12 bits in 16, as they come from a detector.
  t.same(
    gate.judge({ ...film, pixels: Uint16Array.from(film.pixels, (value) => value * 16) }),
    { kind: 'passes' },
    '16 bits',
  );
});

t.test('a picture of any size and content gets a verdict', (t) => {
  const picture = fc.record({
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    seed: fc.integer(),
    deep: fc.boolean(),
  });
  fc.assert(
    fc.property(picture, ({ width, height, channels, seed, deep }) => {
      const pixels = Array.from(
        { length: width * height * channels },
        (_, i) => Math.imul(i ^ seed, 2654435761) >>> (deep ? 16 : 24),
      );
      const film: GateFilm = {
        width,
        height,
        channels,
        pixels: deep ? Uint16Array.from(pixels) : Uint8Array.from(pixels),
      };
      const verdict = gate.judge(film);
      return verdict.kind === 'refused' && verdict.detail.length > 20;
    }),
    { seed: 9, numRuns: 30 },
  );
  t.end();
});

t.test('a film tinted as a whole, or with a coloured arrow, is no photograph', async (t) => {
  const film = await filmAt(frontalFilms[0]!);
  t.equal(colouredShare(cellsOf(film)), 0, 'one channel');
  t.equal(colouredShare(cellsOf(tinted(film, [1, 1, 1]))), 0, 'grey in three');
  t.ok(colouredShare(cellsOf(tinted(film, [1, 0.9, 0.6]))) < 0.02, 'brown');
  const mark = colouredShare(cellsOf(marked(tinted(film, [1, 1, 1]))));
  t.ok(mark > 0.005 && mark < 0.05, `a red mark over 1 %: ${mark}`);
  t.ok(colouredShare(cellsOf(await decoded(await photograph()))) > 0.5, 'a photograph');
});

t.test('a thumbnail holds the means of its cells, stretched, in the middle of black', (t) => {
  // Two cells across for one down: 64 × 32 of them; left half 50, right half 150, stretched to 0 and 1.
  const pixels = Uint8Array.from({ length: 256 * 128 }, (_, i) => (i % 256 < 128 ? 50 : 150));
  const cells = cellsOf({ width: 256, height: 128, channels: 1, pixels });
  t.match(cells, { columns: 64, rows: 32, rgb: undefined });
  const levels = thumbnailOf(cells, { inverted: false })!;
  const at = (thumbnail: Float32Array, x: number, y: number) => thumbnail[y * 64 + x];
  t.same(
    [
      at(levels, 0, 16),
      at(levels, 31, 32),
      at(levels, 32, 32),
      at(levels, 63, 47),
      at(levels, 63, 48),
      at(levels, 63, 15),
    ],
    [0, 0, 1, 1, 0, 0],
  );
  const negative = thumbnailOf(cells, { inverted: true })!;
  t.same([at(negative, 0, 16), at(negative, 32, 32), at(negative, 0, 0)], [1, 0, 0]);
  // Turned clockwise, what was on the right is below.
  t.same(
    [
      at(turned(levels, 1), 32, 63),
      at(turned(levels, 1), 32, 0),
      at(turned(levels, 3), 32, 0),
      at(turned(levels, 2), 0, 32),
    ],
    [1, 0, 1, 1],
  );
  t.same(turned(turned(levels, 1), 3), levels);
  t.end();
});

t.test('the network gives what PyTorch gave when it was fitted', (t) => {
  const fitted = readFittedNetwork(new URL('../../src/gate/frontalChest.json', import.meta.url));
  const pattern = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i * 7919) % 256) / 255);
  const logit = Math.log(1 / (1 / score(readNetwork(fitted), pattern) - 1));
  t.ok(Math.abs(logit - fitted.logitOfPattern) < 1e-5, `${logit} beside ${fitted.logitOfPattern}`);
  t.equal(createHash('sha256').update(Buffer.from(fitted.parameters, 'base64')).digest('hex'), fitted.sha256);
  t.throws(() => readNetwork({ ...fitted, channels: [16, 24, 32, 40] }), /values instead of/);
  t.throws(
    () => readFittedNetwork(new URL('../../package.json', import.meta.url)),
    /package\.json does not hold a fitted network/,
  );
  t.end();
});

t.test('the ledger names every film that the gate is tested with', async (t) => {
  const ledger = await readFile('annotations/SOURCES.md', 'utf8');
  for (const path of frontalFilms) t.ok(ledger.includes(path.replace('annotations/', '')), path);
});
