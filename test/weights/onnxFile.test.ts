import fc from 'fast-check';
import protobuf from 'protobufjs';
import t from 'tap';
import { readDarknet } from '../../src/weights/darknet/index.js';
import { fitsFloat16, toFloat16 } from '../../src/weights/onnx/float16.js';
import { writeOnnx } from '../../src/weights/onnx/index.js';
import { ProtobufMessage } from '../../src/weights/onnx/protobuf.js';
import { largestDifference, runOnnx } from './onnxRun.js';
import { noise, weightsFile } from './weightsFiles.js';

/** What of onnx.proto the test looks at, read by a library that our writer knows nothing of. */
const onnx = protobuf
  .parse(
    `syntax = "proto2";
  message Attribute { optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
    repeated int64 ints = 8; optional int32 type = 20; }
  message Node { repeated string input = 1; repeated string output = 2; optional string name = 3; optional string
    op_type = 4; repeated Attribute attribute = 5; }
  message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes
    raw_data = 9; }
  message Dim { optional int64 dim_value = 1; optional string dim_param = 2; }
  message Shape { repeated Dim dim = 1; }
  message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message Value { optional string name = 1; optional Type type = 2; }
  message Graph { repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated Value
    input = 11; repeated Value output = 12; }
  message Opset { optional string domain = 1; optional int64 version = 2; }
  message Model { optional int64 ir_version = 1; optional string producer_name = 2; optional Graph graph = 7; repeated
    Opset opset_import = 8; }`,
    { keepCase: true },
  )
  .root.lookupType('Model');

const cfg = `[net]
width=8
height=4
channels=3
[convolutional]
filters=6
size=3
stride=1
pad=1
activation=leaky
[yolo]
mask=0
anchors=10,10
classes=1
`;
const { network } = readDarknet({ cfg, weights: weightsFile([...noise(6, 1), ...noise(162, 2)]) });

t.test('another protobuf reader finds names, open batch and weights in the ONNX file', (t) => {
  const model = onnx.toObject(onnx.decode(writeOnnx(network, { precision: 'fp32' })), { longs: Number });
  const dims = (...sizes: number[]) => ({
    type: {
      tensor_type: {
        elem_type: 1,
        shape: { dim: [{ dim_param: 'batch' }, ...sizes.map((dim_value) => ({ dim_value }))] },
      },
    },
  });
  t.match(model, { ir_version: 8, opset_import: [{ version: 13 }] });
  t.match(model['graph'], {
    input: [{ name: 'images', ...dims(3, 4, 8) }],
    output: [{ name: 'head0', ...dims(6, 4, 8) }],
  });
  t.match(model['graph'], {
    node: [
      {
        op_type: 'Conv',
        input: ['images', 'layer0.weight', 'layer0.bias'],
        attribute: [
          { name: 'kernel_shape', ints: [3, 3], type: 7 },
          { name: 'strides', ints: [1, 1] },
          { name: 'pads', ints: [1, 1, 1, 1] },
        ],
      },
      { op_type: 'LeakyRelu', output: ['head0'], attribute: [{ name: 'alpha', f: Math.fround(0.1), type: 1 }] },
    ],
    initializer: [
      { name: 'layer0.weight', dims: [6, 3, 3, 3], data_type: 1 },
      { name: 'layer0.bias', dims: [6], data_type: 1 },
    ],
  });
  const graph = model['graph'] as { initializer: { raw_data: Uint8Array }[] };
  const raw = Buffer.from(graph.initializer[0]!.raw_data);
  t.same(
    Array.from({ length: 162 }, (_, i) => raw.readFloatLE(4 * i)),
    noise(162, 2),
  );
  t.end();
});

t.test('the batch has any size, and each film gets the same result as alone', async (t) => {
  const file = writeOnnx(network, { precision: 'fp32' });
  const films = [Float32Array.from(noise(96, 3)), Float32Array.from(noise(96, 4))];
  const [both] = await runOnnx(file, Float32Array.from([...films[0]!, ...films[1]!]), [2, 3, 4, 8]);
  for (const [i, film] of films.entries()) {
    const [alone] = await runOnnx(file, film, [1, 3, 4, 8]);
    t.ok(largestDifference(both!.values.slice(i * 192, (i + 1) * 192), alone!.values) < 1e-6);
  }
});

t.test('half-precision weights halve the file and are rounded to nearest', async (t) => {
  const half = writeOnnx(network, { precision: 'fp16' });
  const kernel = network.kernels.get(0)!;
  const rounded = {
    ...network,
    kernels: new Map([[0, { ...kernel, weights: Float32Array.from(toFloat16(kernel.weights), fromFloat16) }]]),
  };
  const input = Float32Array.from(noise(96, 5));
  const [a] = await runOnnx(half, input, [1, 3, 4, 8]);
  const [b] = await runOnnx(writeOnnx(rounded, { precision: 'fp32' }), input, [1, 3, 4, 8]);
  t.ok(largestDifference(a!.values, b!.values) < 1e-6);
  const large = {
    ...network,
    kernels: new Map([[0, { ...kernel, weights: kernel.weights.map((v, i) => (i === 0 ? 70_000 : v)) }]]),
  };
  t.throws(() => writeOnnx(large, { precision: 'fp16' }), { code: 'bad-numbers', message: /layer0.weight.*fp32/ });
});

t.test('float16 is rounded to nearest, ties to even', (t) => {
  const cases: [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519.99, 0x7bff],
    [65_520, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [2 ** -25 * 1.001, 0x0001],
    // 1 + 2⁻¹¹ lies between 1 and 1 + 2⁻¹⁰: to the even one; 1 + 3·2⁻¹¹ to 1 + 2⁻⁹
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [Number.NaN, 0x7e00],
  ];
  for (const [value, bits] of cases) t.equal(toFloat16(Float32Array.of(value))[0], bits, String(value));
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -65_504, max: 65_504 }), (value) => {
      const [bits = 0] = toFloat16(Float32Array.of(value));
      const error = Math.abs(fromFloat16(bits) - value);
      // No neighbour is nearer.
      for (const neighbour of [bits - 1, bits + 1]) {
        const other = fromFloat16(neighbour & 0xffff);
        if (Number.isFinite(other) && Math.abs(other - value) < error)
          throw new Error(`${value} became ${fromFloat16(bits)}, ${other} is nearer`);
      }
    }),
    { seed: 7, numRuns: 2000 },
  );
  t.ok(fitsFloat16(Float32Array.of(65_519, -65_519)));
  t.notOk(fitsFloat16(Float32Array.of(65_520)));
  t.end();
});

t.test('a varint holds every safe integer', (t) => {
  const type = protobuf.parse('syntax = "proto3"; message M { uint64 v = 1; }').root.lookupType('M');
  for (const value of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER]) {
    const decoded = type.toObject(type.decode(new ProtobufMessage().integer(1, value).encode()), {
      longs: Number,
      defaults: true,
    });
    t.equal(decoded['v'], value);
  }
  t.throws(() => new ProtobufMessage().integer(1, -1), RangeError);
  t.throws(() => new ProtobufMessage().integer(1, 0.5), RangeError);
  t.end();
});

function fromFloat16(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
