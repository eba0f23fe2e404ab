import fc from 'fast-check';
import t from 'tap';
import {
  type Box,
  calibrate,
  detect,
  HeadValueError,
  iou,
  logit,
  planFit,
  suppress,
  type Suppressible,
  uncalibrate,
} from '../../src/detector/index.js';
import { headOf, samePlan, tinyHead, tinySpec } from './fixture.js';

const grid = { columns: 2, rows: 2 };
// ln 3: σ(ln 3) = 3/4, σ(−ln 3) = 1/4, exp(ln 3) = 3.
const ln3 = Math.log(3);

t.test('a box is decoded by the formula of YOLOv3', (t) => {
  // Cell (1, 0), anchor 20 × 40, stride 32: centre x = (σ(0) + 1)·32 = 48, y = (σ(ln 3) + 0)·32 = 24,
  // width = exp(0)·20 = 20, height = exp(−ln 3)·40 = 40/3; score = 3/4 · 3/4 = 0.5625.
  const head = headOf(grid, [{ column: 1, row: 0, values: [0, ln3, 0, -ln3, ln3, ln3] }]);
  const spec = tinySpec();
  const { candidates, filmScore } = detect([head], spec, samePlan(spec));
  t.strictSame(candidates, [
    {
      classIndex: 0,
      class: 'opacity',
      score: 0.5625,
      scores: { opacity: 0.5625 },
      attributes: {},
      box: { x: 38, y: 17.33, width: 20, height: 13.33 },
    },
  ]);
  t.equal(filmScore, 0.5625);
  t.end();
});

t.test('scale_x_y stretches the cell around its middle', (t) => {
  // s = 2: x = (2·σ(ln 3) − 0.5 + 0)·32 = 32, y = (2·σ(−ln 3) − 0.5 + 1)·32 = 32.
  const head = headOf(grid, [{ column: 0, row: 1, values: [ln3, -ln3, 0, 0, 9, 9] }]);
  const spec = tinySpec({ heads: [tinyHead({ scaleXY: 2 })] });
  t.strictSame(detect([head], spec, samePlan(spec)).candidates[0]?.box, { x: 22, y: 12, width: 20, height: 40 });
  t.end();
});

t.test('square heads (new_coords) are taken as logistic values', (t) => {
  // x = (2·0.5 − 0.5 + 1)·32 = 48, y = (2·0.25 − 0.5 + 0)·32 = 0, w = (2·0.5)²·20 = 20, h = (2·0.75)²·40 = 90.
  const head = headOf(grid, [{ column: 1, row: 0, values: [0.5, 0.25, 0.5, 0.75, 0.8, 0.5] }], 0);
  const spec = tinySpec({ heads: [tinyHead({ scaleXY: 2, box: 'square' })] });
  const { candidates } = detect([head], spec, samePlan(spec));
  t.equal(candidates.length, 1);
  t.strictSame(candidates[0]?.box, { x: 38, y: -45, width: 20, height: 90 });
  t.equal(candidates[0]?.score, 0.4);
  t.end();
});

t.test('heads of several strides and anchors each use their own', (t) => {
  const spec = tinySpec({
    heads: [
      tinyHead({ tensor: 'coarse', stride: 32 }),
      tinyHead({
        tensor: 'fine',
        stride: 16,
        anchors: [
          [4, 4],
          [8, 16],
        ],
      }),
    ],
  });
  const coarse = headOf(grid, []);
  // Second anchor of the fine head, cell (3, 2) of 4 × 4: centre ((0.5 + 3)·16, (0.5 + 2)·16) = (56, 40), 8 × 16.
  const fine = headOf({ columns: 4, rows: 4, anchors: 2 }, [
    { column: 3, row: 2, anchor: 1, values: [0, 0, 0, 0, 9, 9] },
  ]);
  t.strictSame(
    detect([coarse, fine], spec, samePlan(spec)).candidates.map((c) => c.box),
    [{ x: 52, y: 32, width: 8, height: 16 }],
  );
  t.end();
});

t.test('attribute classes describe a box and never make one', (t) => {
  const spec = tinySpec({
    classes: [
      { name: 'opacity', title: 'Opacity', colour: '#5BD1FF', role: 'lesion' },
      { name: 'typical', title: 'Typical appearance', colour: '#5BD1FF', role: 'attribute' },
    ],
  });
  const head = headOf({ ...grid, classes: 2 }, [
    { column: 0, row: 0, values: [0, 0, 0, 0, ln3, ln3, -ln3] },
    { column: 1, row: 1, values: [0, 0, 0, 0, 9, -20, 9] }, // only the attribute is strong here
  ]);
  const { candidates, filmScore } = detect([head], spec, samePlan(spec));
  t.equal(candidates.length, 1);
  t.strictSame(candidates[0]?.scores, { opacity: 0.5625 });
  t.strictSame(candidates[0]?.attributes, { typical: 0.25 }, 'given the object: without objectness');
  t.equal(filmScore, 0.5625);
  t.end();
});

t.test('the film score is the best of all anchors, below the floor too', (t) => {
  const head = headOf(grid, [{ column: 0, row: 0, values: [0, 0, 0, 0, -ln3, -ln3] }]);
  const spec = tinySpec({ candidateFloor: { score: 0.5, maximum: 100 } });
  const { candidates, filmScore } = detect([head], spec, samePlan(spec));
  t.strictSame(candidates, []);
  t.equal(filmScore, 0.0625);
  t.end();
});

t.test('a floor in the call keeps everything that NMS left', (t) => {
  const spec = tinySpec({ candidateFloor: { score: 0.5, maximum: 1 } });
  const head = headOf(grid, []);
  t.equal(detect([head], spec, samePlan(spec)).candidates.length, 0);
  const rest = spec.nms.iou;
  t.ok(rest < 1);
  // Four cells, anchors of 20 × 40 at pitch 32: neighbours above each other overlap by 8 of 72 rows, IoU 1/9.
  t.equal(detect([head], spec, samePlan(spec), { floor: 0 }).candidates.length, 4);
  t.end();
});

t.test('the two ends of a beta map bend apart', (t) => {
  // a · ln ½ − b · ln ½ + c = ln 2 · (b − a) + c = ln 4 + ln 2, and σ(ln 8) = 8/9.
  t.ok(Math.abs(calibrate(0.5, { kind: 'beta', a: 1, b: 3, c: Math.LN2 }) - 8 / 9) < 1e-12);
  t.equal(calibrate(0, { kind: 'beta', a: 0.5, b: 2, c: 1 }), 0);
  t.equal(calibrate(1, { kind: 'beta', a: 0.5, b: 2, c: 1 }), 1);
  t.end();
});

t.test('every calibration grows strictly and can be undone', (t) => {
  const slope = fc.double({ min: 0.1, max: 4, noNaN: true });
  const shift = fc.double({ min: -3, max: 3, noNaN: true });
  const calibration = fc.oneof(
    fc.record({ kind: fc.constant('platt' as const), slope, intercept: shift }),
    fc.record({ kind: fc.constant('beta' as const), a: slope, b: slope, c: shift }),
    fc.constant(null),
  );
  fc.assert(
    fc.property(calibration, fc.double({ min: 1e-4, max: 0.99, noNaN: true }), (map, raw) => {
      if (!(calibrate(raw * 1.005, map) > calibrate(raw, map))) throw new Error('not increasing');
      if (Math.abs(uncalibrate(calibrate(raw, map), map) - raw) > 1e-9)
        throw new Error(`comes back as ${uncalibrate(calibrate(raw, map), map)}`);
    }),
    { seed: 3, numRuns: 500 },
  );
  t.equal(uncalibrate(0, { kind: 'beta', a: 0.5, b: 2, c: 1 }), 0);
  t.equal(uncalibrate(1, { kind: 'beta', a: 0.5, b: 2, c: 1 }), 1);
  t.end();
});

t.test('calibration is applied after NMS, before rounding', (t) => {
  const calibration = { kind: 'platt' as const, slope: 2, intercept: 0 };
  // raw 3/4: logit = ln 3, doubled = ln 9, σ = 9/10.
  t.ok(Math.abs(calibrate(0.75, calibration) - 0.9) < 1e-12);
  const head = headOf(grid, [{ column: 0, row: 0, values: [0, 0, 0, 0, ln3, 40] }]);
  const spec = tinySpec({ calibration });
  const { candidates, filmScore } = detect([head], spec, samePlan(spec));
  t.equal(candidates[0]?.score, 0.9);
  t.equal(filmScore, 0.9);
  t.equal(calibrate(0, calibration), 0);
  t.equal(calibrate(1, calibration), 1);
  t.end();
});

t.test('NaN and infinite head values are an error, wherever they stand, and never a detection', (t) => {
  const spec = tinySpec();
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (let at = 0; at < 24; at++) {
      const head = headOf(grid, []);
      head[at] = bad;
      t.throws(() => detect([head], spec, samePlan(spec)), HeadValueError);
    }
  }
  const overflowing = headOf(grid, [{ column: 0, row: 0, values: [0, 0, 800, 0, 9, 9] }]);
  t.throws(() => detect([overflowing], spec, samePlan(spec)), { name: 'HeadValueError', message: /overflows/ });
  t.end();
});

t.test('a head of the wrong size is refused', (t) => {
  const spec = tinySpec();
  t.throws(() => detect([new Float32Array(23)], spec, samePlan(spec)), /23 values instead of 24/);
  t.throws(() => detect([], spec, samePlan(spec)), /0 heads/);
  t.end();
});

t.test('skipping weak cells changes nothing: the same as decoding every one', (t) => {
  const spec = tinySpec({
    classes: ['a', 'b', 'c'].map((name) => ({ name, title: name, colour: '#000000', role: 'lesion' as const })),
    nms: { kind: 'greedy', iou: 1, perClass: true, maximum: 10_000 },
  });
  const values = fc.float({ min: -8, max: 8, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(values, { minLength: 32, maxLength: 32 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (numbers, floor) => {
        const head = Float32Array.from(numbers);
        const all = detect([head], spec, samePlan(spec), { floor: 0 });
        const some = detect([head], spec, samePlan(spec), { floor });
        const naive: number[] = [];
        for (let cell = 0; cell < 4; cell++) {
          for (let k = 0; k < 3; k++) {
            const p = (at: number) => 1 / (1 + Math.exp(-head[at]!));
            naive.push(p(4 * 4 + cell) * p((5 + k) * 4 + cell));
          }
        }
        const kept = naive.filter((s) => s >= floor).length;
        return (
          all.candidates.length === 12 &&
          some.candidates.length === kept &&
          Math.abs(some.filmScore - Math.max(...naive)) < 1e-6 &&
          some.filmScore === all.filmScore
        );
      },
    ),
    { seed: 20261121, numRuns: 300 },
  );
  t.end();
});

t.test('IoU by hand', (t) => {
  // 10 × 10 against the same shifted by 5: intersection 50, union 150.
  t.equal(iou({ x: 0, y: 0, width: 10, height: 10 }, { x: 5, y: 0, width: 10, height: 10 }), 1 / 3);
  t.equal(
    iou({ x: 0, y: 0, width: 10, height: 10 }, { x: 10, y: 0, width: 10, height: 10 }),
    0,
    'touching is not overlapping',
  );
  t.equal(
    iou({ x: 0, y: 0, width: 0, height: 10 }, { x: 0, y: 0, width: 0, height: 10 }),
    0,
    'empty boxes meet nothing',
  );
  t.end();
});

const square = (x: number, score: number, classIndex = 0): Suppressible => ({
  box: { x, y: 0, width: 10, height: 10 },
  score,
  classIndex,
});

t.test('NMS suppresses a box when its IoU is greater than the limit, not when equal', (t) => {
  const boxes = [square(0, 0.9), square(5, 0.8)]; // IoU 1/3
  t.equal(suppress(boxes, { iou: 1 / 3, perClass: true, maximum: 10 }).length, 2);
  t.equal(suppress(boxes, { iou: 0.33, perClass: true, maximum: 10 }).length, 1);
  t.end();
});

t.test('NMS works within a class, or across them', (t) => {
  const boxes = [square(0, 0.9, 0), square(0, 0.8, 1)];
  t.equal(suppress(boxes, { iou: 0.5, perClass: true, maximum: 10 }).length, 2);
  t.strictSame(suppress(boxes, { iou: 0.5, perClass: false, maximum: 10 }), [boxes[0]]);
  t.end();
});

t.test('a suppressed box suppresses nobody', (t) => {
  // 0 and 4 overlap by 6/14, 4 and 8 likewise, 0 and 8 by 2/18: greedy keeps 0 and 8.
  const boxes = [square(0, 0.9), square(4, 0.8), square(8, 0.7)];
  t.strictSame(
    suppress(boxes, { iou: 0.4, perClass: true, maximum: 10 }).map((b) => b.box.x),
    [0, 8],
  );
  t.end();
});

const box: fc.Arbitrary<Box> = fc.record({
  x: fc.integer({ min: -20, max: 60 }),
  y: fc.integer({ min: -20, max: 60 }),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
});
// Few distinct scores, so that ties are common.
const candidate: fc.Arbitrary<Suppressible> = fc.record({
  box,
  score: fc.integer({ min: 1, max: 4 }).map((n) => n / 4),
  classIndex: fc.integer({ min: 0, max: 2 }),
});

t.test('the outcome of NMS does not depend on the order of its input', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(candidate, fc.nat()), { maxLength: 30 }), fc.boolean(), (drawn, perClass) => {
      const nms = { iou: 0.3, perClass, maximum: 12 };
      const boxes = drawn.map(([b]) => b);
      const shuffled = drawn.toSorted(([, p], [, q]) => p - q).map(([b]) => b);
      return JSON.stringify(suppress(boxes, nms)) === JSON.stringify(suppress(shuffled, nms));
    }),
    { seed: 20261121, numRuns: 500 },
  );
  t.end();
});

t.test('what NMS leaves does not overlap, and what it took did', (t) => {
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 30 }), (boxes) => {
      const kept = suppress(boxes, { iou: 0.3, perClass: true, maximum: 1000 });
      const rival = (a: Suppressible, b: Suppressible) =>
        a !== b && a.classIndex === b.classIndex && iou(a.box, b.box) > 0.3;
      return (
        kept.every((a) => !kept.some((b) => rival(a, b))) &&
        boxes.every((a) => kept.includes(a) || kept.some((b) => rival(a, b) && b.score >= a.score))
      );
    }),
    { seed: 20261121, numRuns: 500 },
  );
  t.end();
});

t.test('reported scores and order agree after rounding', (t) => {
  // Two raw scores that differ by less than the sixth decimal: the tie goes to the box further left.
  const near = logit(0.5 + 1e-9);
  const head = headOf(grid, [
    { column: 1, row: 0, values: [0, 0, 0, 0, 40, near] },
    { column: 0, row: 0, values: [0, 0, 0, 0, 40, 0] },
  ]);
  const spec = tinySpec();
  const { candidates } = detect([head], spec, planFit(spec, { width: 64, height: 64 }));
  t.strictSame(
    candidates.map((c) => [c.score, c.box.x]),
    [
      [0.5, 6],
      [0.5, 38],
    ],
  );
  t.end();
});
