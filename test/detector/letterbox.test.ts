import fc from 'fast-check';
import t from 'tap';
import {
  clipBox,
  fitToInput,
  type Interpolation,
  type ModelSpec,
  ModelSpecError,
  packTensor,
  type Plane,
  planFit,
  resize,
  toImageBox,
  toInputBox,
} from '../../src/detector/index.js';
import { parseModelSpec } from '../../src/detector/parseModelSpec.js';
import { tinySpec } from './fixture.js';

const fit = (change: Partial<ModelSpec['fit']>): ModelSpec => tinySpec({ fit: { ...tinySpec().fit, ...change } });

t.test('a wide film lies in the middle, its height truncated, offsets floored', (t) => {
  // 64/100 · 51 = 32.64 → 32; rest 32, half 16.
  t.strictSame(planFit(tinySpec(), { width: 100, height: 51 }), {
    film: { width: 100, height: 51 },
    content: { x: 0, y: 16, width: 64, height: 32 },
    offset: { x: 0, y: 16 },
  });
  // 64/100 · 54 = 34.56 → 34; rest 30, half 15. 64/100 · 55 = 35.2 → 35; rest 29, half 14.5.
  t.strictSame(planFit(tinySpec(), { width: 100, height: 55 }).content, { x: 0, y: 14, width: 64, height: 35 });
  t.strictSame(planFit(fit({ unletterbox: 'darknet' }), { width: 100, height: 55 }).offset, { x: 0, y: 14.5 });
  t.end();
});

t.test('the side that fits exactly never loses a pixel to rounding', (t) => {
  for (let side = 1; side <= 4096; side++) {
    const { content } = planFit(tinySpec(), { width: side, height: side });
    if (content.width !== 64 || content.height !== 64)
      t.fail(`a square of ${side} became ${content.width} × ${content.height}`);
  }
  t.pass('all squares fill the square input');
  t.end();
});

t.test('stretch uses the whole input', (t) => {
  t.strictSame(planFit(fit({ mode: 'stretch' }), { width: 10, height: 999 }).content, {
    x: 0,
    y: 0,
    width: 64,
    height: 64,
  });
  t.end();
});

t.test('an extreme film keeps at least one pixel', (t) => {
  t.strictSame(planFit(tinySpec(), { width: 10_000, height: 64 }).content, { x: 0, y: 31, width: 64, height: 1 });
  t.end();
});

t.test('a box goes there and back through any exact plan', (t) => {
  const side = fc.integer({ min: 1, max: 9000 });
  const part = fc.double({ min: -0.5, max: 1.5, noNaN: true });
  fc.assert(
    fc.property(
      side,
      side,
      part,
      part,
      part,
      part,
      fc.constantFrom('letterbox' as const, 'stretch' as const),
      (w, h, x, y, bw, bh, mode) => {
        const plan = planFit(fit({ mode }), { width: w, height: h });
        const box = { x: x * w, y: y * h, width: bw * w, height: bh * h };
        const back = toImageBox(plan, toInputBox(plan, box));
        return (['x', 'y', 'width', 'height'] as const).every(
          (k) => Math.abs(back[k] - box[k]) <= 1e-9 * Math.max(1, w, h),
        );
      },
    ),
    { seed: 20261121, numRuns: 1000 },
  );
  t.end();
});

t.test('no clipped box leaves the film', (t) => {
  const number = fc.double({ min: -3000, max: 3000, noNaN: true });
  const size = fc.double({ min: 0, max: 5000, noNaN: true });
  fc.assert(
    fc.property(number, number, size, size, (x, y, width, height) => {
      const film = { width: 1000, height: 800 };
      const box = clipBox({ x, y, width, height }, film);
      return (
        box === undefined ||
        (box.x >= 0 &&
          box.y >= 0 &&
          box.width > 0 &&
          box.height > 0 &&
          box.x + box.width <= 1000 + 1e-9 &&
          box.y + box.height <= 800 + 1e-9)
      );
    }),
    { seed: 20261121, numRuns: 1000 },
  );
  t.equal(
    clipBox({ x: 1000, y: 0, width: 5, height: 5 }, { width: 1000, height: 800 }),
    undefined,
    'a box that only touches the edge is empty',
  );
  t.end();
});

const bytes = Uint8Array.from({ length: 256 }, (_, v) => v);
const floats = Float32Array.from(bytes);

t.test('each interpolation by hand, along a row', (t) => {
  const resized = (pixels: number[], width: number, interpolation: Interpolation) =>
    [
      ...resize(
        { width: pixels.length, height: 1, pixels: Uint8Array.from(pixels) },
        floats,
        { width, height: 1 },
        interpolation,
      ),
    ].map((v) => Math.round(v * 1e5) / 1e5);
  // area 3 → 2: each output covers 1.5 pixels: (1 + 0.5·2)/1.5, (0.5·2 + 4)/1.5.
  t.strictSame(resized([1, 2, 4], 2, 'area'), [1.33333, 3.33333]);
  // area 12 → 2: more taps than are written out.
  t.strictSame(resized([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], 2, 'area'), [3.5, 35]);
  // half-pixel 2 → 4: sources −0.25 → 0, 0.25, 0.75, 1.25 → 1; area enlarges the same way.
  t.strictSame(resized([0, 1], 4, 'bilinear'), [0, 0.25, 0.75, 1]);
  t.strictSame(resized([0, 1], 4, 'area'), [0, 0.25, 0.75, 1]);
  // corner-aligned 2 → 4: sources 0, 1/3, 2/3, 1.
  t.strictSame(resized([0, 1], 4, 'bilinear-corner'), [0, 0.33333, 0.66667, 1]);
  t.strictSame(resized([5, 1], 1, 'bilinear-corner'), [5]);
  // bilinear 4 → 2 has no antialiasing: sources 0.5 and 2.5.
  t.strictSame(resized([0, 10, 20, 100], 2, 'bilinear'), [5, 60]);
  // bicubic, same size: the kernel is 1 at 0 and 0 at whole distances.
  t.strictSame(resized([3, 1, 4, 1, 5], 5, 'bicubic'), [3, 1, 4, 1, 5]);
  t.end();
});

t.test('rows and columns are resized alike', (t) => {
  const plane = { width: 7, height: 5, pixels: Uint8Array.from({ length: 35 }, (_, i) => (i * 89) % 251) };
  const turned = {
    width: 5,
    height: 7,
    pixels: Uint8Array.from({ length: 35 }, (_, i) => plane.pixels[(i % 5) * 7 + Math.floor(i / 5)]!),
  };
  for (const interpolation of ['area', 'bilinear', 'bilinear-corner', 'bicubic'] as const) {
    for (const [width, height] of [
      [3, 2],
      [9, 11],
      [2, 8],
    ] as const) {
      const upright = resize(plane, floats, { width, height }, interpolation);
      const lying = resize(turned, floats, { width: height, height: width }, interpolation);
      t.ok(
        upright.every((v, i) => Math.abs(v - lying[(i % width) * height + Math.floor(i / width)]!) < 1e-3),
        `${interpolation} to ${width} × ${height}`,
      );
    }
  }
  t.end();
});

t.test('levels are looked up before they are blended', (t) => {
  // Clamping after the blend would give 50: (0 + 100)/2. Levels 0 and 255 give 127.5, as a byte 128.
  const table = Uint8Array.from({ length: 256 }, (_, v) => (v < 60 ? 0 : 255));
  t.strictSame(
    [...resize({ width: 2, height: 1, pixels: Uint8Array.of(0, 100) }, table, { width: 1, height: 1 }, 'area')],
    [128],
  );
  const deep = Float32Array.from({ length: 65536 }, (_, v) => v / 65535);
  t.strictSame(
    [...resize({ width: 2, height: 1, pixels: Uint16Array.of(0, 65535) }, deep, { width: 1, height: 1 }, 'area')],
    [0.5],
  );
  t.end();
});

const rows = (plane: Plane, width: number, height: number, interpolation: Interpolation) => {
  const pixels = resize(plane, bytes, { width, height }, interpolation);
  return Array.from({ length: height }, (_, y) => [...pixels.subarray(y * width, (y + 1) * width)]);
};

/** np.array([[(x * 37 + y * 91) % 256 for x in range(width)] for y in range(height)], np.uint8) */
const rampOf = (width: number, height: number): Plane => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height }, (_, i) => ((i % width) * 37 + Math.floor(i / width) * 91) % 256),
});
const ramp = rampOf(11, 9);

t.test('bicubic equals Pillow on bytes, enlarging and shrinking', (t) => {
  // Image.fromarray(np.array([[0, 50, 100, 200], [10, 250, 30, 90], [200, 5, 60, 180]], np.uint8)).resize((7, 5),
  // Image.BICUBIC), Pillow 13.0.0.
  const small = { width: 4, height: 3, pixels: Uint8Array.of(0, 50, 100, 200, 10, 250, 30, 90, 200, 5, 60, 180) };
  t.strictSame(rows(small, 7, 5, 'bicubic'), [
    [0, 7, 31, 66, 112, 180, 217],
    [0, 38, 127, 106, 76, 130, 164],
    [0, 91, 246, 151, 26, 63, 95],
    [140, 126, 103, 65, 49, 112, 152],
    [231, 143, 0, 3, 70, 152, 197],
  ]);
  // The same on the 11 × 9 ramp, .resize((4, 3), Image.BICUBIC).
  t.strictSame(rows(ramp, 4, 3, 'bicubic'), [
    [98, 133, 117, 109],
    [121, 110, 126, 125],
    [146, 119, 115, 125],
  ]);
  t.end();
});

t.test('area equals cv2.resize(…, interpolation=cv2.INTER_AREA) of OpenCV 5.0.0 on bytes, ties too', (t) => {
  t.strictSame(rows(ramp, 4, 3, 'area'), [
    [101, 125, 117, 109],
    [118, 111, 134, 126],
    [135, 128, 112, 120],
  ]);
  // From 16 to 10 the weights are eighths: one mean in 25 ends in exactly a half, and goes to the even level.
  t.strictSame(rows(rampOf(16, 16), 10, 10, 'area'), [
    [48, 104, 164, 140, 83, 88, 144, 156, 128, 63],
    [152, 88, 108, 112, 140, 132, 88, 116, 136, 168],
    [76, 132, 128, 124, 100, 116, 156, 104, 132, 92],
    [160, 96, 100, 128, 136, 140, 92, 124, 128, 176],
    [105, 160, 140, 96, 80, 145, 180, 100, 76, 120],
    [168, 104, 124, 160, 143, 48, 104, 164, 140, 83],
    [132, 168, 148, 112, 120, 152, 88, 108, 112, 140],
    [116, 92, 152, 180, 140, 76, 132, 128, 124, 100],
    [160, 156, 76, 128, 160, 160, 96, 100, 128, 136],
    [125, 120, 180, 100, 136, 105, 160, 140, 96, 80],
  ]);
  // Blocks of 2 × 2 end in a half every fourth time, and go up: 63.5, 137.5, 147.5, 93.5 in the first row.
  t.strictSame(rows(rampOf(8, 4), 4, 2, 'area'), [
    [64, 138, 148, 94],
    [118, 64, 138, 148],
  ]);
  t.strictSame(rows(rampOf(4, 2), 1, 2, 'area'), [[56], [146]]);
  t.end();
});

t.test('bilinear equals cv2.resize(…, interpolation=cv2.INTER_LINEAR) of OpenCV 5.0.0 on bytes', (t) => {
  t.strictSame(rows(ramp, 5, 4, 'bilinear'), [
    [79, 160, 82, 67, 148],
    [60, 109, 191, 48, 97],
    [201, 58, 139, 189, 46],
    [181, 167, 88, 150, 155],
  ]);
  const small = rampOf(5, 4);
  const enlarged = [
    [0, 16, 39, 62, 85, 109, 132, 148],
    [46, 62, 85, 108, 131, 154, 177, 194],
    [106, 122, 143, 139, 149, 172, 195, 211],
    [167, 183, 193, 83, 39, 62, 85, 101],
    [100, 116, 131, 74, 57, 80, 103, 120],
    [17, 33, 56, 79, 102, 126, 149, 165],
  ];
  t.strictSame(rows(small, 8, 6, 'bilinear'), enlarged);
  t.strictSame(rows(small, 8, 6, 'area'), enlarged, 'area enlarges as bilinear does');
  t.strictSame([...resize(small, bytes, small, 'area')], [...small.pixels], 'the same size is the same film');
  t.end();
});

t.test('a plane of one grey stays that grey, however it is resized', (t) => {
  const side = fc.integer({ min: 1, max: 90 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom('area', 'bilinear', 'bilinear-corner', 'bicubic'),
      (w, h, w2, h2, grey, interpolation) => {
        const plane = { width: w, height: h, pixels: new Uint8Array(w * h).fill(grey) };
        const asBytes = resize(plane, bytes, { width: w2, height: h2 }, interpolation);
        const asFloats = resize(plane, floats, { width: w2, height: h2 }, interpolation);
        return (
          asBytes.length === w2 * h2 &&
          asBytes.every((v) => v === grey) &&
          asFloats.every((v) => Math.abs(v - grey) < 1e-3)
        );
      },
    ),
    { seed: 20261121, numRuns: 300 },
  );
  t.end();
});

t.test('a film is pasted onto the fill and packed plane by plane', (t) => {
  // 2 × 1 film into 8 × 8: resized to 8 × 4, pasted at y = 2.
  const spec = tinySpec({
    input: { ...tinySpec().input, width: 8, height: 8, scale: 2, mean: 0.5 },
    fit: { ...tinySpec().fit, fill: 128 / 255 },
  });
  const film = fitToInput({ width: 2, height: 1, planes: [Uint8Array.of(255, 255)], table: bytes }, spec);
  t.strictSame([film.planes, film.width, film.height], [1, 8, 8]);
  t.equal(film.pixels.filter((v) => v === 255).length, 32);
  t.equal(film.pixels[0], 128);
  const tensor = packTensor([film, film], spec.input);
  t.equal(tensor.length, 2 * 3 * 64);
  // (128/255 − 0.5)·2 = 1/255, (1 − 0.5)·2 = 1.
  for (const at of [0, 64, 128, 192]) t.ok(Math.abs(tensor[at]! - 1 / 255) < 1e-7);
  for (const at of [16, 64 + 16, 128 + 16, 5 * 64 + 47]) t.equal(tensor[at], 1);
  t.end();
});

t.test('float levels keep their value; three planes keep their places', (t) => {
  const spec = tinySpec({
    input: { ...tinySpec().input, width: 8, height: 8, colour: 'rgb' },
    fit: { ...tinySpec().fit, arithmetic: 'float32', fill: 0.5 },
  });
  const plane = (v: number) => new Uint8Array(64).fill(v);
  const film = fitToInput(
    { width: 8, height: 8, planes: [plane(1), plane(2), plane(3)], table: Float32Array.of(0, 0.1, 0.2, 0.3) },
    spec,
  );
  const tensor = packTensor([film], spec.input);
  t.same([tensor[0], tensor[64], tensor[128]], Float32Array.of(0.1, 0.2, 0.3));
  t.throws(
    () => fitToInput({ width: 8, height: 8, planes: [new Uint8Array(64)], table: bytes }, spec),
    /arithmetic float32/,
  );
  t.end();
});

t.test('a spec is refused by the field that is wrong', (t) => {
  const refused = (change: object, field: string) => {
    try {
      parseModelSpec({ ...tinySpec(), ...change });
      t.fail(`${field} was accepted`);
    } catch (error) {
      t.ok(error instanceof ModelSpecError);
      t.equal((error as ModelSpecError).field, field);
    }
  };
  t.strictSame(parseModelSpec(tinySpec()), tinySpec());
  refused({ threshold: { score: 0, source: 'x' } }, '/threshold/score');
  refused({ threshold: { score: 0.04, source: 'x' } }, '/threshold/score');
  // Raw .05 is reported as σ(logit(.05) + 2) = .28: a threshold of .2 would lose what lies between.
  refused(
    { threshold: { score: 0.2, source: 'x' }, calibration: { kind: 'platt', slope: 1, intercept: 2 } },
    '/threshold/score',
  );
  refused({ onnxSha256: 'abc' }, '/onnxSha256');
  refused({ heads: [{ ...tinySpec().heads[0], stride: 33 }] }, '/heads/0/stride');
  refused({ window: { percentile: [99, 1] } }, '/window/percentile');
  refused({ classes: [{ name: 'typical', title: 't', colour: '#000000', role: 'attribute' }] }, '/classes');
  refused({ classes: [...tinySpec().classes, ...tinySpec().classes] }, '/classes/1/name');
  refused({ window: { percentile: [1, 99] }, input: { ...tinySpec().input, colour: 'rgb' } }, '/window');
  t.throws(() => parseModelSpec({ ...tinySpec(), surprise: 1 }), ModelSpecError, 'unknown fields are not passed over');
  t.throws(() => parseModelSpec('a string'), ModelSpecError);
  t.end();
});
