import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readDarknet } from '../../src/weights/darknet/index.js';
import { planDarknet } from '../../src/weights/darknet/plan.js';
import { openFloat64, type Tensor } from './float64/index.js';
import { fromFloat16, toFloat16 } from '../../src/weights/onnx/float16.js';
import { type Attribute, OnnxGraph } from '../../src/weights/onnx/graph.js';
import { writeOnnx } from '../../src/weights/onnx/index.js';
import { packedIntegers, protobufFields } from './float64/protobufFields.js';
import { readOnnx } from './float64/readOnnx.js';
import { conv, map3 } from './naiveLayers.js';
import { largestDifference, runOnnx } from './onnxRun.js';
import { noise, weightsFile } from './weightsFiles.js';

type Attributes = Readonly<Record<string, Attribute>>;

/** A file of one node; its constants are float32 unless they are whole numbers in a bare array. */
function oneNode(
  operator: string,
  constants: readonly (number[] | { dims: number[]; values: number[] } | '')[] = [],
  attributes: Attributes = {},
): Uint8Array {
  const graph = new OnnxGraph('one');
  const names = constants.map((constant, i) => {
    if (constant === '') return '';
    return Array.isArray(constant)
      ? graph.integers(`c${i}`, constant)
      : graph.floats(`c${i}`, constant.dims, Float32Array.from(constant.values));
  });
  graph.node(operator, ['x', ...names], 'y', attributes);
  return graph.encode([{ name: 'x', shape: [1, 1, 1] }], [{ name: 'y', shape: [1, 1, 1] }], {});
}

function run(file: Uint8Array, dims: number[], values: readonly number[]): Tensor {
  return openFloat64(file).run(values, dims).get('y')!;
}

function is(t: Test, { dims, values }: Tensor, expectedDims: number[], expected: readonly number[]): void {
  t.same(dims, expectedDims);
  t.same([...values], expected);
}

const scalar = (value: number) => ({ dims: [], values: [value] });

t.test('pads, strides and dilations of a convolution are taken per side and axis', (t) => {
  // 1 2 3 / 4 5 6, kernel 1 10 / 100 1000, one row of zeros above, one column to the right, and 0.5 for all:
  // rows above the map see only their lower half: 100·1 + 1000·2, 100·2 + 1000·3, 100·3
  const attributes = { kernel_shape: [2, 2], pads: [1, 0, 0, 1] };
  const constants = [
    { dims: [1, 1, 2, 2], values: [1, 10, 100, 1000] },
    { dims: [1], values: [0.5] },
  ];
  is(
    t,
    run(oneNode('Conv', constants, attributes), [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]),
    [1, 1, 2, 3],
    [2100.5, 3200.5, 300.5, 5421.5, 6532.5, 603.5],
  );
  // Every second column, no bias.
  is(
    t,
    run(oneNode('Conv', constants.slice(0, 1), { ...attributes, strides: [1, 2] }), [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]),
    [1, 1, 2, 2],
    [2100, 300, 5421, 603],
  );
  // Corners of 1…9: 1 + 10·3 + 100·7 + 1000·9
  is(
    t,
    run(oneNode('Conv', constants.slice(0, 1), { dilations: [2, 2] }), [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    [1, 1, 1, 1],
    [9731],
  );
  t.throws(() => run(oneNode('Conv', constants, { group: 2 }), [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), {
    name: 'UnsupportedOnnx',
    message: /2 groups/,
  });
  t.end();
});

t.test(
  'a convolution of groups equals plain loops, in every film of a batch, for odd and even numbers of filters',
  (t) => {
    for (const [channels, filters, groups, size] of [
      [4, 6, 2, 3],
      [3, 3, 3, 3],
      [5, 7, 1, 1],
      [2, 10, 2, 2],
    ] as const) {
      const kernel = noise((filters * channels * size * size) / groups, 3);
      const bias = noise(filters, 4);
      const films = [noise(channels * 63, 5), noise(channels * 63, 6)];
      const file = oneNode(
        'Conv',
        [
          { dims: [filters, channels / groups, size, size], values: kernel },
          { dims: [filters], values: bias },
        ],
        { pads: [1, 1, 1, 1], group: groups, strides: [2, 2] },
      );
      const { dims, values } = run(file, [2, channels, 7, 9], films.flat());
      const expected = films.map((film) =>
        conv(map3(channels, 7, 9, film), kernel, bias, { size, stride: 2, pad: 1, groups, filters, dilation: 1 }),
      );
      t.same(dims, [2, filters, expected[0]!.height, expected[0]!.width]);
      // The loops round their sums to float32.
      t.same(Float32Array.from(values), Float32Array.from(expected.flatMap((map) => [...map.values])));
    }
    t.end();
  },
);

t.test('a maximum pool ignores its pads, and a global mean covers the whole channel', (t) => {
  const negative = [-1, -2, -3, -4, -5, -6];
  is(
    t,
    run(oneNode('MaxPool', [], { kernel_shape: [2, 2], pads: [0, 0, 1, 1] }), [1, 1, 2, 3], negative),
    [1, 1, 2, 3],
    [-1, -2, -3, -4, -5, -6],
  );
  is(
    t,
    run(oneNode('MaxPool', [], { kernel_shape: [2, 2], pads: [1, 1, 0, 0], strides: [1, 2] }), [1, 1, 2, 3], negative),
    [1, 1, 2, 2],
    [-1, -2, -1, -2],
  );
  is(t, run(oneNode('MaxPool', [], { kernel_shape: [1, 3] }), [1, 2, 1, 3], [3, 1, 2, 4, 6, 5]), [1, 2, 1, 1], [3, 6]);
  is(t, run(oneNode('GlobalAveragePool'), [1, 2, 1, 3], [1, 2, 6, -1, 0, 4]), [1, 2, 1, 1], [3, 1]);
  t.end();
});

t.test('activations are exact to the last digits of float64, far from zero, too', (t) => {
  const xs = [-800, -30, -2.5, -0.5, 0, 0.5, 5.5, 30, 800];
  const cases: [Uint8Array, (x: number) => number][] = [
    [oneNode('LeakyRelu', [], { alpha: { float: 0.25 } }), (x) => (x > 0 ? x : x / 4)],
    [oneNode('Relu'), (x) => Math.max(0, x)],
    [oneNode('Clip', [scalar(0), scalar(6)]), (x) => Math.min(6, Math.max(0, x))],
    [oneNode('Identity'), (x) => x],
    [oneNode('Tanh'), Math.tanh],
    // e⁻⁸⁰⁰ is 0 in float64, e⁸⁰⁰ infinite: neither formula may make NaN or infinity of them.
    [oneNode('Sigmoid'), (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))],
    [oneNode('Softplus'), (x) => (x > 100 ? x : Math.log1p(Math.exp(x)))],
  ];
  for (const [file, formula] of cases) {
    run(file, [1, 1, 1, xs.length], xs).values.forEach((value, i) => {
      const expected = formula(xs[i]!);
      t.ok(Math.abs(value - expected) <= 1e-15 * Math.abs(expected), `${xs[i]!}: ${value}, expected ${expected}`);
    });
  }
  // The default of the format: float32 0.01.
  t.same([...run(oneNode('LeakyRelu'), [1], [-1]).values], [-Math.fround(0.01)]);
  t.end();
});

t.test('a factor is repeated along the axes on which it has one number or none', (t) => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8];
  const times = (dims: number[], values: number[]) => run(oneNode('Mul', [{ dims, values }]), [2, 2, 1, 2], x);
  is(t, times([], [3]), [2, 2, 1, 2], [3, 6, 9, 12, 15, 18, 21, 24]);
  is(t, times([1, 2, 1, 1], [1, 10]), [2, 2, 1, 2], [1, 2, 30, 40, 5, 6, 70, 80]);
  is(t, times([2, 1, 1, 1], [1, 10]), [2, 2, 1, 2], [1, 2, 3, 4, 50, 60, 70, 80]);
  is(t, times([2], [1, -1]), [2, 2, 1, 2], [1, -2, 3, -4, 5, -6, 7, -8]);
  is(
    t,
    run(oneNode('Add', [{ dims: [1, 2, 2], values: [10, 20, 30, 40] }]), [2, 1, 1], [1, 2]),
    [2, 2, 2],
    [11, 21, 31, 41, 12, 22, 32, 42],
  );
  t.throws(() => times([3], [1, 2, 3]), { name: 'UnsupportedOnnx', message: /2 × 2 × 1 × 2 and 3/ });
  t.end();
});

t.test('channels are sliced and concatenated film by film, and nearest neighbours repeated', (t) => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8];
  const cut = (start: number, end: number, axis: number) =>
    run(oneNode('Slice', [[start], [end], [axis]]), [2, 4, 1, 1], x);
  is(t, cut(1, 3, 1), [2, 2, 1, 1], [2, 3, 6, 7]);
  is(t, cut(-1, 2 ** 40, -3), [2, 1, 1, 1], [4, 8]);
  is(t, cut(1, 2, 0), [1, 4, 1, 1], [5, 6, 7, 8]);
  is(t, cut(3, 1, 1), [2, 0, 1, 1], []);
  const tail = { dims: [2, 1, 1, 1], values: [-1, -2] };
  is(t, run(oneNode('Concat', [tail], { axis: 1 }), [2, 4, 1, 1], x), [2, 5, 1, 1], [1, 2, 3, 4, -1, 5, 6, 7, 8, -2]);
  t.throws(() => run(oneNode('Concat', [tail], { axis: 0 }), [2, 4, 1, 1], x), { name: 'UnsupportedOnnx' });
  const scales = { dims: [4], values: [1, 1, 2, 3] };
  const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  is(
    t,
    run(oneNode('Resize', ['', scales], nearest), [1, 2, 1, 2], [1, 2, 3, 4]),
    [1, 2, 2, 6],
    [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4],
  );
  t.end();
});

t.test(
  'small random networks are the same function here and in onnxruntime, apart from float32 rounding',
  async (t) => {
    const activation = fc.constantFrom('linear', 'leaky', 'relu', 'relu6', 'logistic', 'swish', 'mish');
    const block = fc.oneof(
      fc
        .record({
          filters: fc.constantFrom(4, 6, 8),
          size: fc.constantFrom(1, 2, 3, 5),
          stride: fc.constantFrom(1, 2),
          groups: fc.constantFrom(1, 2),
          dilation: fc.constantFrom(1, 1, 2),
          activation,
        })
        .map(({ dilation, size, ...keys }) =>
          section('convolutional', { ...keys, size, dilation: size % 2 === 1 ? dilation : 1, pad: 1 }),
        ),
      fc
        .record({ size: fc.constantFrom(1, 2, 3, 5), stride: fc.constantFrom(1, 2) })
        .map((keys) => section('maxpool', keys)),
      fc.record({ stride: fc.constant(2), scale: fc.constantFrom(1, 0.5) }).map((keys) => section('upsample', keys)),
      // The upper half of the channels, twice, and all of them: the number stays even, so that it can be halved again.
      fc.constant(section('route', { layers: -1, groups: 2, group_id: 1 }) + section('route', { layers: '-1,-1,-2' })),
      activation.map(
        (name) =>
          section('convolutional', { filters: 4, size: 1, activation: name }) +
          section('convolutional', { filters: 4, size: 3, pad: 1, activation: name }) +
          section('shortcut', { from: -2, activation: name }),
      ),
      fc.constant(
        section('maxpool', { size: 1, stride: 1 }) +
          section('avgpool', {}) +
          section('scale_channels', { from: -2, activation: 'logistic' }),
      ),
    );
    const start = section('convolutional', { filters: 4, size: 3, pad: 1, activation: 'leaky' });
    const end =
      section('convolutional', { filters: 12, size: 1, activation: 'linear' }) +
      section('yolo', { anchors: '10,10, 20,20', mask: '0,1', classes: 1 });
    let most = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        fc.integer(),
        fc.constantFrom('fp32' as const, 'fp16' as const),
        async (blocks, seed, precision) => {
          const cfg = `[net]\nwidth=14\nheight=10\nchannels=4\n${start}${blocks.join('')}${end}`;
          const onnx = writeOnnx(readDarknet({ cfg, weights: weightsFile(randomWeights(cfg, seed)) }).network, {
            precision,
          });
          const input = Float32Array.from(noise(2 * 4 * 140, seed + 1));
          const [served] = await runOnnx(onnx, input, [2, 4, 10, 14]);
          const found = openFloat64(onnx).run(input, [2, 4, 10, 14]).get('head0')!;
          const difference = largestDifference(served!.values, Float32Array.from(found.values));
          const scale = found.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
          most = Math.max(most, difference / scale);
          if (served!.dims.join() !== found.dims.join() || !(difference <= 3e-6 * scale))
            throw new Error(`differs by ${difference} of ${scale}`);
        },
      ),
      { seed: 11, numRuns: 80 },
    );
    // Were it 0, this would be onnxruntime against itself.
    t.ok(most > 0, `at most ${most.toExponential(1)} of the largest value`);
  },
);

t.test('an unknown operator or attribute is refused by name, before anything is computed', (t) => {
  const refused: [Uint8Array, RegExp][] = [
    [oneNode('BatchNormalization'), /operator BatchNormalization \(y\)/],
    [oneNode('toString'), /operator toString/],
    [oneNode('Conv', [scalar(1)], { auto_pad: 'SAME_UPPER' }), /Conv with the attribute auto_pad=SAME_UPPER/],
    [oneNode('Conv', [scalar(1)], { pads: [1, 1] }), /attribute pads=1,1/],
    [oneNode('Relu', [], { slope: 2 }), /Relu with the attribute slope/],
    [oneNode('MaxPool', [], { kernel_shape: [2, 2], ceil_mode: 1 }), /ceil_mode=1/],
    [oneNode('MaxPool'), /no attribute kernel_shape/],
    [
      oneNode('Resize', ['', { dims: [4], values: [1, 1, 2, 2] }], { mode: 'nearest' }),
      /coordinate_transformation_mode=half_pixel/,
    ],
    [oneNode('Slice', [[0], [1], [1], [2]]), /Slice with 5 inputs/],
    [oneNode('Cast', [], { to: 10 }), /Cast with the attribute to=10/],
    [oneNode('LeakyRelu', [], { alpha: 'much' }), /alpha=much/],
    [Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /no ONNX file/],
    [Buffer.alloc(0), /no graph/],
  ];
  for (const [file, message] of refused) t.throws(() => openFloat64(file), { name: 'UnsupportedOnnx', message });
  // What only the numbers tell.
  t.throws(
    () =>
      run(
        oneNode('Resize', ['', { dims: [4], values: [2, 1, 1, 1] }], {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        }),
        [1, 1, 1, 1],
        [1],
      ),
    { message: /scales of 2, 1, 1, 1/ },
  );
  t.throws(
    () =>
      run(
        oneNode('Slice', [
          [0, 0],
          [1, 1],
          [1, 2],
        ]),
        [1, 1, 1, 1],
        [1],
      ),
    { message: /2 axes/ },
  );
  t.throws(() => run(oneNode('Clip', ['', scalar(6)]), [1], [1]), { message: /leaves out an input/ });
  const graph = new OnnxGraph('unordered');
  graph.node('Relu', ['later'], 'y');
  t.throws(
    () => run(graph.encode([{ name: 'x', shape: [1, 1, 1] }], [{ name: 'y', shape: [1, 1, 1] }], {}), [1], [1]),
    { message: /uses later/ },
  );
  t.throws(() => run(oneNode('Relu'), [1, 2], [1]), RangeError);
  t.end();
});

t.test('a truncated file is refused, wherever it is cut', (t) => {
  const whole = oneNode('Conv', [{ dims: [1, 1, 2, 2], values: [1, 2, 3, 4] }], {
    kernel_shape: [2, 2],
    strides: [1, 1],
  });
  const [graph] = protobufFields(whole).filter(({ number }) => number === 7);
  t.ok(graph);
  for (let length = 0; length < whole.length; length++) {
    try {
      readOnnx(whole.subarray(0, length));
      // Only a cut between the fields of the model may pass: the opset stands behind the graph.
      t.equal(length, whole.length - 4, `cut at ${length}`);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'UnsupportedOnnx')) throw error;
    }
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const spoilt = Uint8Array.from(whole);
      spoilt[at] = byte;
      try {
        openFloat64(spoilt);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'UnsupportedOnnx')) throw error;
      }
    }),
    { seed: 5, numRuns: 2000 },
  );
  t.end();
});

t.test('protobuf numbers are read in every form a writer may choose', (t) => {
  // −1 of an int64 is ten bytes; 300 is ac 02
  t.same(
    packedIntegers(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0xac, 0x02, 0x00)),
    [-1, 300, 0],
  );
  t.throws(() => packedIntegers(Uint8Array.of(0xac)), RangeError);
  t.throws(() => packedIntegers(new Uint8Array(11).fill(0xff)), RangeError);
  t.match(protobufFields(Uint8Array.of(0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x05)), [
    { number: 1, wire: 'fixed64' },
    { number: 2, wire: 'varint', value: 5 },
  ]);
  t.throws(() => protobufFields(Uint8Array.of(0x0b)), /field 1 .* wire type 3/);
  t.end();
});

t.test('every float16 decodes to the number it was made from', (t) => {
  t.same([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x3555].map(fromFloat16), [
    1,
    -2,
    2 ** -24,
    65_504,
    Infinity,
    0.333251953125,
  ]);
  t.ok(Number.isNaN(fromFloat16(0x7e00)));
  const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((i) => !Number.isNaN(fromFloat16(i)));
  t.equal(bits.length, 65_536 - 2 * 1023);
  t.same(toFloat16(Float32Array.from(bits, fromFloat16)), bits);
  t.end();
});

function section(type: string, keys: Readonly<Record<string, string | number>>): string {
  return `[${type}]\n${Object.entries(keys)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;
}

/** As many as the cfg asks for, of a size that keeps the maps near 1. */
function randomWeights(cfg: string, seed: number): number[] {
  return planDarknet(cfg).plan.layers.flatMap((layer, index) => {
    if (layer.kind !== 'convolution') return [];
    const patch = (layer.inputChannels / layer.groups) * layer.size ** 2;
    return [
      ...noise(layer.shape.channels, seed + index),
      ...noise(layer.shape.channels * patch, seed - index).map((value) => Math.fround(value * Math.sqrt(3 / patch))),
    ];
  });
}
