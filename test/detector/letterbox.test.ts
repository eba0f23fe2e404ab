import fc from 'fast-check';
import t from 'tap';
import { clipBox, fitToInput, type ModelSpec, ModelSpecError, packTensor, planFit, resize, toImageBox, toInputBox } from '../../src/detector/index.js';
import { parseModelSpec } from '../../src/detector/modelSpecSchema.js';
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
    if (content.width !== 64 || content.height !== 64) t.fail(`a square of ${side} became ${content.width} × ${content.height}`);
  }
  t.pass('all squares fill the square input');
  t.end();
});

t.test('stretch uses the whole input', (t) => {
  t.strictSame(planFit(fit({ mode: 'stretch' }), { width: 10, height: 999 }).content, { x: 0, y: 0, width: 64, height: 64 });
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
    fc.property(side, side, part, part, part, part, fc.constantFrom('letterbox' as const, 'stretch' as const), (w, h, x, y, bw, bh, mode) => {
      const plan = planFit(fit({ mode }), { width: w, height: h });
      const box = { x: x * w, y: y * h, width: bw * w, height: bh * h };
      const back = toImageBox(plan, toInputBox(plan, box));
      return (['x', 'y', 'width', 'height'] as const).every((k) => Math.abs(back[k] - box[k]) <= 1e-9 * Math.max(1, w, h));
    }),
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
      return box === undefined || (box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && box.x + box.width <= 1000 + 1e-9 && box.y + box.height <= 800 + 1e-9);
    }),
    { seed: 20261121, numRuns: 1000 },
  );
  t.equal(clipBox({ x: 1000, y: 0, width: 5, height: 5 }, { width: 1000, height: 800 }), undefined, 'a box that only touches the edge is empty');
  t.end();
});

const row = (...pixels: number[]) => ({ width: pixels.length, height: 1, pixels: Float32Array.from(pixels) });

t.test('each interpolation by hand, along a row', (t) => {
  const numbers = (plane: { pixels: Float32Array | Uint8Array }) => [...plane.pixels].map((v) => Math.round(v * 1e5) / 1e5);
  // area 3 → 2: each output covers 1.5 pixels: (1 + 0.5·2)/1.5, (0.5·2 + 4)/1.5.
  t.strictSame(numbers(resize(row(1, 2, 4), { width: 2, height: 1 }, 'area')), [1.33333, 3.33333]);
  // half-pixel 2 → 4: sources −0.25 → 0, 0.25, 0.75, 1.25 → 1; area enlarges the same way.
  t.strictSame(numbers(resize(row(0, 1), { width: 4, height: 1 }, 'bilinear')), [0, 0.25, 0.75, 1]);
  t.strictSame(numbers(resize(row(0, 1), { width: 4, height: 1 }, 'area')), [0, 0.25, 0.75, 1]);
  // corner-aligned 2 → 4: sources 0, 1/3, 2/3, 1.
  t.strictSame(numbers(resize(row(0, 1), { width: 4, height: 1 }, 'bilinear-corner')), [0, 0.33333, 0.66667, 1]);
  t.strictSame(numbers(resize(row(5, 1), { width: 1, height: 1 }, 'bilinear-corner')), [5]);
  // bilinear 4 → 2 has no antialiasing: sources 0.5 and 2.5.
  t.strictSame(numbers(resize(row(0, 10, 20, 100), { width: 2, height: 1 }, 'bilinear')), [5, 60]);
  // bicubic, same size: the kernel is 1 at 0 and 0 at whole distances.
  t.strictSame(numbers(resize(row(3, 1, 4, 1, 5), { width: 5, height: 1 }, 'bicubic')), [3, 1, 4, 1, 5]);
  t.end();
});

const rows = (plane: { width: number; height: number; pixels: Uint8Array }) =>
  Array.from({ length: plane.height }, (_, y) => [...plane.pixels.subarray(y * plane.width, (y + 1) * plane.width)]);

/** [[(x * 37 + y * 91) % 256 for x in range(11)] for y in range(9)] */
const ramp = { width: 11, height: 9, pixels: Uint8Array.from({ length: 99 }, (_, i) => ((i % 11) * 37 + Math.floor(i / 11) * 91) % 256) };

t.test('bicubic equals Pillow on bytes, enlarging and shrinking', (t) => {
  // Image.fromarray(np.array([[0, 50, 100, 200], [10, 250, 30, 90], [200, 5, 60, 180]], np.uint8)).resize((7, 5), Image.BICUBIC), Pillow 13.0.0.
  const small = { width: 4, height: 3, pixels: Uint8Array.of(0, 50, 100, 200, 10, 250, 30, 90, 200, 5, 60, 180) };
  t.strictSame(rows(resize(small, { width: 7, height: 5 }, 'bicubic')), [
    [0, 7, 31, 66, 112, 180, 217],
    [0, 38, 127, 106, 76, 130, 164],
    [0, 91, 246, 151, 26, 63, 95],
    [140, 126, 103, 65, 49, 112, 152],
    [231, 143, 0, 3, 70, 152, 197],
  ]);
  // The same on the 11 × 9 ramp, .resize((4, 3), Image.BICUBIC).
  t.strictSame(rows(resize(ramp, { width: 4, height: 3 }, 'bicubic')), [
    [98, 133, 117, 109],
    [121, 110, 126, 125],
    [146, 119, 115, 125],
  ]);
  t.end();
});

t.test('area and bilinear equal OpenCV on bytes, shrinking', (t) => {
  // cv2.resize(ramp, (4, 3), interpolation=cv2.INTER_AREA) and (5, 4) with INTER_LINEAR, OpenCV 5.0.0.
  t.strictSame(rows(resize(ramp, { width: 4, height: 3 }, 'area')), [
    [101, 125, 117, 109],
    [118, 111, 134, 126],
    [135, 128, 112, 120],
  ]);
  const linear = [79, 160, 82, 67, 148, 60, 109, 191, 48, 97, 201, 58, 139, 189, 46, 181, 167, 88, 150, 155];
  // OpenCV rounds its weights to 11 bits, so one level of difference is its own.
  const ours = resize(ramp, { width: 5, height: 4 }, 'bilinear').pixels;
  t.ok(linear.every((v, i) => Math.abs(v - ours[i]!) <= 1), [...ours].join(' '));
  t.end();
});

t.test('a plane of one grey stays that grey, however it is resized', (t) => {
  const side = fc.integer({ min: 1, max: 90 });
  fc.assert(
    fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), fc.constantFrom('area', 'bilinear', 'bilinear-corner', 'bicubic'), (w, h, w2, h2, grey, interpolation) => {
      const bytes = resize({ width: w, height: h, pixels: new Uint8Array(w * h).fill(grey) }, { width: w2, height: h2 }, interpolation);
      const floats = resize({ width: w, height: h, pixels: new Float32Array(w * h).fill(grey / 255) }, { width: w2, height: h2 }, interpolation);
      return bytes.pixels.length === w2 * h2 && bytes.pixels.every((v) => v === grey) && floats.pixels.every((v) => Math.abs(v - grey / 255) < 1e-5);
    }),
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
  const film = fitToInput({ width: 2, height: 1, planes: [Uint8Array.of(255, 255)] }, spec);
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
  const plane = (v: number) => new Float32Array(64).fill(v);
  const film = fitToInput({ width: 8, height: 8, planes: [plane(0.1), plane(0.2), plane(0.3)] }, spec);
  const tensor = packTensor([film], spec.input);
  t.same([tensor[0], tensor[64], tensor[128]], Float32Array.of(0.1, 0.2, 0.3));
  t.throws(() => fitToInput({ width: 8, height: 8, planes: [new Uint8Array(64)] }, spec), /arithmetic float32/);
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
