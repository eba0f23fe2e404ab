import fc from 'fast-check';
import t from 'tap';
import type { FilmReport } from '../../src/viewer/api/answers.js';
import { ShownFilm } from '../../src/viewer/film/state/shownFilm.js';
import { coarseness } from '../../src/viewer/film/pane/painter.js';
import { paint, type Raster } from '../../src/viewer/film/pixels/paint.js';
import { filmPixels, halved, sizeFor } from '../../src/viewer/film/pixels/levels.js';
import {
  broughtIntoView,
  fitted,
  following,
  held,
  isFitted,
  resized,
  scaleLimits,
  toFilm,
  toScreen,
  type View,
  zoomedAt,
} from '../../src/viewer/film/pane/view.js';
import {
  draggedWindow,
  greyTable,
  percentileWindow,
  presetWindow,
  widthAndLevel,
} from '../../src/viewer/film/pixels/windowLevel.js';

/** Where a film lies on the screen, which greys its values get, and that both meet in the painted pixels. */

const film = { width: 3000, height: 2500 };
const pane = { width: 760, height: 684 };
const black = 0xff000000;

t.test('a fitted film touches two sides of its pane and lies in the middle', (t) => {
  const view = fitted(film, pane);
  // 760 / 3000 is less than 684 / 2500.
  t.equal(view.scale, 760 / 3000);
  t.ok(Math.abs(view.x) < 1e-9);
  t.equal(view.y, (684 - (2500 * 760) / 3000) / 2);
  t.ok(isFitted(view, film, pane));
  t.end();
});

t.test('zooming leaves the film point under the pointer where it is', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 760, noNaN: true }),
      fc.double({ min: 0, max: 684, noNaN: true }),
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      (x, y, factor) => {
        const view = fitted(film, pane);
        const zoomed = zoomedAt(view, { x, y }, factor, scaleLimits(film, pane));
        const after = toScreen(zoomed, toFilm(view, { x, y }));
        return Math.hypot(after.x - x, after.y - y) < 1e-6;
      },
    ),
    { seed: 9, numRuns: 300 },
  );
  t.end();
});

t.test("a film can't be pushed out of its pane", (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      fc.double({ min: 0.05, max: 32, noNaN: true }),
      (x, y, scale) => {
        const view = held({ scale, x, y }, film, pane);
        const corner = toScreen(view, { x: film.width, y: film.height });
        return view.x <= pane.width - 47 && view.y <= pane.height - 47 && corner.x >= 47 && corner.y >= 47;
      },
    ),
    { seed: 9, numRuns: 300 },
  );
  t.end();
});

t.test('a pane that changes its size keeps its middle; a fitted film stays fitted', (t) => {
  const wide = { width: 1000, height: 700 };
  t.strictSame(resized(fitted(film, pane), film, pane, wide), fitted(film, wide));
  const zoomed: View = { scale: 2, x: -500, y: -700 };
  t.strictSame(toFilm(resized(zoomed, film, pane, wide), { x: 500, y: 350 }), toFilm(zoomed, { x: 380, y: 342 }));
  t.end();
});

t.test('a linked film makes the same moves and keeps the offset that the reader gave it', (t) => {
  const before: View = { scale: 0.25, x: 10, y: 20 };
  const prior: View = { scale: 0.3, x: 40, y: -15 };
  const at = { x: 300, y: 200 };
  const after = zoomedAt(before, at, 2, scaleLimits(film, pane));
  const moved = following(prior, before, after);
  t.equal(moved.scale, 0.6);
  const same = toScreen(moved, toFilm(prior, at));
  t.ok(Math.hypot(same.x - at.x, same.y - at.y) < 1e-9, 'what lay under the pointer in the other film still does');
  t.strictSame(
    following(prior, before, { ...before, x: 17, y: 15 }),
    { scale: 0.3, x: 47, y: -20 },
    'a pan is the same pan',
  );
  t.end();
});

t.test('a box is brought into view by the least move', (t) => {
  const view: View = { scale: 1, x: 0, y: 0 };
  t.strictSame(
    broughtIntoView(view, { x: 100, y: 100, width: 200, height: 200 }, pane),
    view,
    'nothing moves for a box in view',
  );
  t.strictSame(
    broughtIntoView(view, { x: 900, y: 100, width: 100, height: 100 }, pane),
    { scale: 1, x: -280, y: 0 },
    '900 + 100 + 40 − 760 px to the left',
  );
  const large = broughtIntoView(view, { x: 0, y: 0, width: 1500, height: 1000 }, pane);
  t.equal(
    large.scale,
    (684 - 80) / 1500 < (760 - 80) / 1500 ? Math.min(680 / 1500, 604 / 1000) : 0,
    'a box larger than the pane is zoomed out to',
  );
  t.end();
});

t.test('a drag widens to the right, darkens downwards, one value a pixel on 10 bits', (t) => {
  const histogram = new Uint32Array(65536);
  histogram[0] = 1;
  histogram[4096] = 1;
  const levels = { greatest: 65535, histogram };
  const before = { low: 1000, high: 3000 };
  t.strictSame(
    widthAndLevel(draggedWindow(before, 100, 0, levels)),
    { width: 2400, level: 2000 },
    'range 4096 is 4 values a px',
  );
  t.strictSame(widthAndLevel(draggedWindow(before, 0, 100, levels)), { width: 2000, level: 2400 });
  const grey = (window: { low: number; high: number }) => greyTable(window, 65535, false)[2000] ?? 0;
  t.ok(grey(draggedWindow(before, 0, 100, levels)) < grey(before), 'level up is darker');
  t.equal(widthAndLevel(draggedWindow(before, -1e6, 0, levels)).width, 1, 'never turned over');
  t.end();
});

t.test('a drag over a film of 8 bits is two to three times as fast: 200 px are half of its range', (t) => {
  const histogram = new Uint32Array(256);
  histogram[0] = 1;
  histogram[255] = 1;
  const { width } = widthAndLevel(draggedWindow({ low: 0, high: 255 }, -200, 0, { greatest: 255, histogram }));
  t.equal(width, 127.5);
  t.end();
});

t.test("the grey table is the rounding of the detector's own window", (t) => {
  const table = greyTable({ low: 100, high: 200 }, 255, false);
  // 150: 50 · 255 / 100 = 127.5 → 128
  t.strictSame([table[0], table[100], table[150], table[200], table[255]], [0, 0, 128, 255, 255]);
  const inverted = greyTable({ low: 100, high: 200 }, 255, true);
  t.ok(
    table.every((grey, value) => grey + (inverted[value] ?? 0) === 255),
    'inverted is 255 − grey everywhere',
  );
  t.equal(new Set(greyTable({ low: 1000, high: 1064 }, 65535, false)).size, 65, 'a window of 64 steps has 65 greys');
  t.end();
});

t.test("presets are shares of this film's pixels", (t) => {
  // 100 pixels: values 1 to 100.
  const histogram = Uint32Array.from({ length: 256 }, (_, value) => (value >= 1 && value <= 100 ? 1 : 0));
  const levels = { greatest: 255, histogram };
  t.strictSame(presetWindow('stored', levels, [5, 95]), { low: 0, high: 255 }, '8 bits are shown as they are stored');
  t.strictSame(presetWindow('full', levels, null), { low: 1, high: 100 });
  t.strictSame(presetWindow('dark', levels, null), { low: 1, high: 60 });
  t.strictSame(presetWindow('dense', levels, null), { low: 40, high: 100 });
  t.strictSame(
    presetWindow('stored', { ...levels, greatest: 65535 }, [5, 95]),
    { low: 5, high: 95 },
    '16 bits begin with the window that was analysed',
  );
  const blank = { greatest: 255, histogram: Uint32Array.from({ length: 256 }, (_, value) => (value === 7 ? 100 : 0)) };
  t.strictSame(percentileWindow(blank, 0, 100), { low: 6, high: 8 }, 'a film of one value still has a window');
  t.end();
});

t.test('halving takes the rounded mean of four and leaves no edge out', (t) => {
  const small = halved({ width: 3, height: 2, planes: [Uint16Array.of(10, 20, 1000, 30, 41, 3000)] });
  t.strictSame(
    { ...small, planes: small.planes.map((plane) => [...plane]) },
    { width: 2, height: 1, planes: [[25, 2000]] },
    '(10 + 20 + 30 + 41 + 2) / 4 = 25; the odd column stands for itself',
  );
  const pixels = filmPixels({ width: 3000, height: 2500, planes: [new Uint8Array(3000 * 2500)] }, 255);
  t.strictSame(
    pixels.sizes.map(({ width }) => width),
    [3000, 1500, 750, 375, 188],
  );
  t.equal(sizeFor(pixels, 0.25).halvings, 2, 'one pixel of the quarter for each device pixel');
  t.equal(sizeFor(pixels, 0.26).halvings, 1);
  t.equal(sizeFor(pixels, 3).halvings, 0);
  t.end();
});

/** A pane of 8 × 4 device px over a film, painted. */
function painted(
  planes: readonly (Uint8Array | Uint16Array)[],
  width: number,
  height: number,
  view: View,
  table: Uint8Array,
): Raster {
  const raster = { width: 8, height: 4, words: new Uint32Array(32) };
  paint(raster, filmPixels({ width, height, planes }, table.length - 1), table, view, 1, black);
  return raster;
}

function greys({ words }: Raster, row: number): number[] {
  return [...words.subarray(8 * row, 8 * row + 8)].map((word) => word & 255);
}

t.test('at 1:1 every film pixel is one screen pixel, and outside the film is background', (t) => {
  const values = Uint8Array.from({ length: 12 }, (_, i) => 10 * (i + 1));
  const raster = painted([values], 4, 3, { scale: 1, x: 2, y: 1 }, greyTable({ low: 0, high: 255 }, 255, false));
  t.strictSame(greys(raster, 0), [0, 0, 0, 0, 0, 0, 0, 0]);
  t.strictSame(greys(raster, 1), [0, 0, 10, 20, 30, 40, 0, 0]);
  t.strictSame(greys(raster, 3), [0, 0, 90, 100, 110, 120, 0, 0]);
  t.equal(raster.words[10], 0xff0a0a0a, 'grey and opaque');
  t.end();
});

t.test('between film pixels it is linear in film values, and windowed after that', (t) => {
  const view = { scale: 4, x: 0, y: 0 };
  // Centres of 8 px over 2 film px: 0.125 … 1.875 film px, that is 0, 0, ⅛, ⅜, ⅝, ⅞, 1, 1 of the way.
  const wide = painted([Uint16Array.of(0, 8000)], 2, 1, view, greyTable({ low: 0, high: 8000 }, 65535, false));
  t.strictSame(greys(wide, 0), [0, 0, 32, 96, 159, 223, 255, 255]);
  const narrow = painted([Uint16Array.of(0, 8000)], 2, 1, view, greyTable({ low: 3999, high: 4001 }, 65535, false));
  t.strictSame(greys(narrow, 0), [0, 0, 0, 0, 255, 255, 255, 255], 'a hard window stays hard');
  t.end();
});

t.test('16-bit values at full scale do not overflow', (t) => {
  const raster = painted(
    [Uint16Array.of(65535, 65535, 65535, 65535)],
    2,
    2,
    { scale: 2, x: 0, y: 0 },
    greyTable({ low: 0, high: 65535 }, 65535, false),
  );
  t.strictSame(greys(raster, 2), [255, 255, 255, 255, 0, 0, 0, 0]);
  t.end();
});

t.test('a colour picture keeps its colours', (t) => {
  const raster = painted(
    [Uint8Array.of(200), Uint8Array.of(100), Uint8Array.of(50)],
    1,
    1,
    { scale: 4, x: 0, y: 0 },
    greyTable({ low: 0, high: 255 }, 255, false),
  );
  t.equal(raster.words[0], 0xff3264c8);
  t.equal(raster.words[4], black);
  t.end();
});

t.test('a moving film is as coarse as the machine needs, and no coarser', (t) => {
  // A quarter of the pixels costs a quarter of the time: 24 ms and a budget of 12 want every second pixel.
  t.strictSame([3, 12, 13, 48, 49, 1000].map(coarseness), [1, 1, 2, 2, 3, 4]);
  t.end();
});

/** A film of 2 × 1 pixels from a server, as the page reads it; resolves when everything that comes has come. */
async function onShow(
  image: Partial<NonNullable<FilmReport['image']>>,
  options: { readonly deep?: Uint16Array<ArrayBuffer>; readonly pictureWidth?: number } = {},
): Promise<ShownFilm> {
  const { deep, pictureWidth = 2 } = options;
  const report: FilmReport = {
    schemaVersion: 1,
    id: 'f',
    createdAt: '2026-01-31T10:00:00.000Z',
    state: 'below-threshold',
    lookedFor: ['opacity'],
    notice: '',
    provider: 'cpu',
    submitter: 'ris',
    externalId: undefined,
    model: { name: 'm', version: '1.0.0', specSha256: '', onnxSha256: '' },
    timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
    image: {
      sha256: '',
      width: 2,
      height: 1,
      format: 'png',
      bits: deep === undefined ? 8 : 16,
      preparation: { window: [1000, 3000], inverted: false, orientation: 1 },
      ...image,
    },
    threshold: 0.3,
    filmScore: 0.1,
    attributes: null,
    detections: [],
    asLogged: { state: 'below-threshold', threshold: 0.3, candidateFloor: 0.05 },
  };
  const bits = deep === undefined ? 8 : 16;
  let film: ShownFilm | undefined;
  await new Promise<void>((resolve) => {
    film = new ShownFilm('f', {
      api: {
        detection: () => Promise.resolve(report),
        film: () =>
          Promise.resolve({ blob: new Blob(), width: pictureWidth, height: 1, bits, channels: 1, window: [0, 255] }),
        grey16: () => Promise.resolve({ values: deep ?? new Uint16Array(2), width: 2, height: 1 }),
      },
      reader: {
        picture: () =>
          Promise.resolve(filmPixels({ width: pictureWidth, height: 1, planes: [new Uint8Array(pictureWidth)] }, 255)),
        grey16: ({ values }) => Promise.resolve(filmPixels({ width: 2, height: 1, planes: [values] }, 65535)),
        close: () => undefined,
      },
      models: { find: () => Promise.resolve(undefined) },
      changed: () => {
        if (film?.pixels.kind === 'absent' || (film?.pixels.kind === 'shown' && film.pixels.quality === 'full'))
          resolve();
      },
    });
  });
  return film!;
}

t.test('a 16-bit film opens in the window that the network saw', async (t) => {
  const film = await onShow({}, { deep: Uint16Array.of(1000, 3000) });
  t.strictSame(film.window, { low: 1000, high: 3000 });
  t.strictSame([film.picture?.table[1000], film.picture?.table[3000]], [0, 255]);
});

t.test('a negative is kept inverted, as the network saw it: the page shows what it gets', async (t) => {
  const film = await onShow(
    { preparation: { window: [1000, 3000], inverted: true, orientation: 1 } },
    { deep: Uint16Array.of(1000, 3000) },
  );
  t.notOk(film.inverted);
  t.strictSame(film.window, { low: 1000, high: 3000 });
  film.invert();
  film.reset();
  t.notOk(film.inverted, 'a reset shows it as it was opened');
});

t.test("pixels whose size differs from the report's are not shown: boxes would be in the wrong place", async (t) => {
  const film = await onShow({}, { pictureWidth: 3 });
  t.match(film.pixels, { kind: 'absent', detail: /differs in size from the one that was analysed/ });
  t.equal(film.picture, undefined);
});
