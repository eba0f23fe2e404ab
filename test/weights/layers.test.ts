import fc from 'fast-check';
import t, { type Test } from 'tap';
import { planDarknet } from '../../src/weights/darknet/plan.js';
import { DARKNET_EPSILON } from '../../src/weights/darknet/weightsFile.js';
import { readDarknet } from '../../src/weights/darknet/index.js';
import { openFloat64 } from './float64/index.js';
import { writeOnnx } from '../../src/weights/onnx/index.js';
import { conv, identityKernel, type Map3, map3, type Norm, pool, zeros } from './naiveLayers.js';
import { largestDifference, runOnnx } from './onnxRun.js';
import { noise, weightsFile } from './weightsFiles.js';

/** `[net]` and layers, closed by a head of one anchor for each (5 + 1) channels of the last layer. */
function cfgOf(input: Map3, layers: string, heads = '[yolo]\nanchors=10,10, 20,20, 30,30\nmask=0\nclasses=1'): string {
  return `[net]\nwidth=${input.width}\nheight=${input.height}\nchannels=${input.channels}\n${layers}\n${heads}\n`;
}

/**
 * What onnxruntime makes of the imported network: the map of its first head. The float64 evaluation must make the same
 * of it.
 */
async function imported(input: Map3, cfg: string, floats: readonly number[] = []): Promise<Map3> {
  const { network } = readDarknet({ cfg, weights: weightsFile(floats) });
  const onnx = writeOnnx(network, { precision: 'fp32' });
  const dims = [1, input.channels, input.height, input.width];
  const [head] = await runOnnx(onnx, input.values, dims);
  const exact = openFloat64(onnx).run(input.values, dims).get('head0')!;
  const relative = (values: Float32Array) => values.map((value, i) => value / (1 + Math.abs(exact.values[i]!)));
  const difference = largestDifference(relative(head!.values), relative(Float32Array.from(exact.values)));
  if (head!.dims.join() !== exact.dims.join() || !(difference <= 1e-5))
    throw new Error(`onnxruntime and float64 differ by ${difference} of the value`);
  const [, channels = 0, height = 0, width = 0] = head!.dims;
  return { channels, height, width, values: head!.values };
}

function same(t: Test, found: Map3, expected: Map3, tolerance = 1e-5): void {
  t.same([found.channels, found.height, found.width], [expected.channels, expected.height, expected.width]);
  const difference = largestDifference(found.values, expected.values);
  t.ok(difference <= tolerance, `differs by ${difference}`);
}

t.test("a maximum pool equals darknet's, for every possible size, stride and padding", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        height: fc.integer({ min: 3, max: 13 }),
        width: fc.integer({ min: 3, max: 13 }),
        size: fc.integer({ min: 1, max: 9 }),
        stride: fc.integer({ min: 1, max: 3 }),
        seed: fc.integer(),
      }),
      async ({ height, width, size, stride, seed }) => {
        // All values below zero: a pad of zeros would win.
        const input = map3(
          6,
          height,
          width,
          noise(6 * height * width, seed).map((v) => v - 2),
        );
        const found = await imported(input, cfgOf(input, `[maxpool]\nsize=${size}\nstride=${stride}`));
        const expected = pool(input, { size, stride, padding: size - 1 });
        if (largestDifference(found.values, expected.values) !== 0)
          throw new Error(`size ${size}, stride ${stride}, ${height} × ${width}`);
      },
    ),
    { seed: 7, numRuns: 60 },
  );
  const odd = map3(6, 7, 5, noise(6 * 35, 3));
  const found = await imported(odd, cfgOf(odd, '[max]\nsize=2\nstride=2'));
  t.same([found.height, found.width], [4, 3], 'an odd side is rounded up');
  const tiny = map3(6, 4, 4, noise(96, 4));
  same(
    t,
    await imported(tiny, cfgOf(tiny, '[maxpool]\nsize=2\nstride=1')),
    pool(tiny, { size: 2, stride: 1, padding: 1 }),
    0,
  );
  const given = map3(6, 8, 8, noise(384, 4));
  same(
    t,
    await imported(given, cfgOf(given, '[maxpool]\nsize=3\nstride=2\npadding=0')),
    pool(given, { size: 3, stride: 2, padding: 0 }),
    0,
  );
  t.throws(() => planDarknet(cfgOf(given, '[maxpool]\nsize=2\nstride=2\npadding=4')), { code: 'unsupported' });
});

t.test("every activation equals darknet's, far from zero, too", async (t) => {
  // −30 and 30: where ln(1 + eˣ) and e⁻ˣ are hard. One row, so that the map is 6 × 1 × 8.
  const inputs = [-30, -7, -2.5, -0.5, 0, 0.5, 5.5, 30];
  const input = map3(
    6,
    1,
    8,
    Array.from({ length: 48 }, (_, i) => inputs[i % 8]!),
  );
  const formulas: Record<string, (x: number) => number> = {
    linear: (x) => x,
    leaky: (x) => (x > 0 ? x : 0.1 * x),
    relu: (x) => (x > 0 ? x : 0),
    relu6: (x) => (x > 6 ? 6 : x > 0 ? x : 0),
    logistic: (x) => 1 / (1 + Math.exp(-x)),
    swish: (x) => x / (1 + Math.exp(-x)),
    mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  };
  for (const [activation, formula] of Object.entries(formulas)) {
    // The sum of a map with itself, then the activation.
    const cfg = cfgOf(
      input,
      `[maxpool]\nsize=1\nstride=1\n[maxpool]\nsize=1\nstride=1\n[shortcut]\nfrom=-2\nactivation=${activation}`,
    );
    same(
      t,
      await imported(input, cfg),
      map3(
        6,
        1,
        8,
        Array.from(input.values, (x) => formula(2 * x)),
      ),
      2e-6,
    );
    const identity = [...zeros(6), ...identityKernel(6)];
    const byConvolution = await imported(
      input,
      cfgOf(input, `[convolutional]\nfilters=6\nsize=1\nstride=1\npad=1\nactivation=${activation}`),
      identity,
    );
    same(t, byConvolution, map3(6, 1, 8, Array.from(input.values, formula)), 2e-6);
  }
  const unnamed = await imported(input, cfgOf(input, '[convolutional]\nfilters=6\nsize=1'), [
    ...zeros(6),
    ...identityKernel(6),
  ]);
  same(t, unnamed, map3(6, 1, 8, Array.from(input.values, formulas['logistic']!)), 2e-6);
  t.throws(() => planDarknet(cfgOf(input, '[convolutional]\nfilters=6\nactivation=hardtan')), {
    code: 'unsupported',
    message: /layer 0 \[convolutional\].*hardtan/,
  });
});

t.test(
  'a convolution takes stride, pad, groups and dilation as darknet does, on inputs that are not square',
  async (t) => {
    const input = map3(4, 6, 10, noise(240, 11));
    const cases: [
      string,
      { size: number; stride: number; pad: number; groups: number; filters: number; dilation: number },
    ][] = [
      ['size=3\nstride=1\npad=1', { size: 3, stride: 1, pad: 1, groups: 1, filters: 6, dilation: 1 }],
      ['size=3\nstride=2\npad=1', { size: 3, stride: 2, pad: 1, groups: 1, filters: 6, dilation: 1 }],
      // `pad` is a switch, whatever its number, and beats `padding`
      ['size=5\nstride=1\npad=7\npadding=1', { size: 5, stride: 1, pad: 2, groups: 1, filters: 6, dilation: 1 }],
      ['size=3\nstride=1\npadding=2', { size: 3, stride: 1, pad: 2, groups: 1, filters: 6, dilation: 1 }],
      ['size=1\nstride=1\npad=1', { size: 1, stride: 1, pad: 0, groups: 1, filters: 6, dilation: 1 }],
      ['size=3\nstride=1\npad=1\ngroups=2', { size: 3, stride: 1, pad: 1, groups: 2, filters: 6, dilation: 1 }],
      ['size=3\nstride=1\npad=1\ngroups=4', { size: 3, stride: 1, pad: 1, groups: 4, filters: 12, dilation: 1 }],
      ['size=3\nstride=1\npad=1\ndilation=2', { size: 3, stride: 1, pad: 2, groups: 1, filters: 6, dilation: 2 }],
      ['size=2\nstride=2\npad=0', { size: 2, stride: 2, pad: 0, groups: 1, filters: 6, dilation: 1 }],
    ];
    for (const [keys, options] of cases) {
      const bias = noise(options.filters, 5);
      const kernel = noise((options.filters * 4 * options.size ** 2) / options.groups, 6);
      const masks = options.filters === 12 ? '[yolo]\nanchors=10,10, 20,20\nmask=0,1\nclasses=1' : undefined;
      const found = await imported(
        input,
        cfgOf(input, `[conv]\nfilters=${options.filters}\n${keys}\nactivation=linear`, masks),
        [...bias, ...kernel],
      );
      t.comment(keys.replaceAll('\n', ' '));
      same(t, found, conv(input, kernel, bias, options));
    }
    // Two strides: every row and every second column, of what a stride of 1 gives.
    const kernel = noise(6 * 4 * 9, 6);
    const found = await imported(
      input,
      cfgOf(input, '[conv]\nfilters=6\nsize=3\npad=1\nstride_x=2\nactivation=linear'),
      [...zeros(6), ...kernel],
    );
    const dense = conv(input, kernel, zeros(6), { size: 3, stride: 1, pad: 1, groups: 1, filters: 6, dilation: 1 });
    same(
      t,
      found,
      map3(
        6,
        6,
        5,
        Array.from(dense.values).filter((_, i) => i % 2 === 0),
      ),
    );
    t.throws(() => planDarknet(cfgOf(input, '[conv]\nfilters=6\nsize=3\ngroups=3')), {
      code: 'bad-cfg',
      message: /3 groups do not divide 4 input channels/,
    });
  },
);

t.test("batch normalisation is folded with darknet's epsilon, stored in darknet's order", async (t) => {
  const input = map3(3, 5, 5, noise(75, 21));
  const kernel = noise(6 * 27, 22);
  // A variance of the size of epsilon: 1e-5 or 1e-3 in its place would be far off.
  const norm: Norm = {
    beta: noise(6, 23),
    gamma: noise(6, 24),
    mean: noise(6, 25),
    variance: [1e-6, 0, 1, 0.5, 1e-5, 4],
  };
  const cfg = cfgOf(input, '[convolutional]\nbatch_normalize=1\nfilters=6\nsize=3\npad=1\nactivation=linear');
  const found = await imported(input, cfg, [...norm.beta, ...norm.gamma, ...norm.mean, ...norm.variance, ...kernel]);
  t.equal(DARKNET_EPSILON, 1e-6);
  const expected = conv(input, kernel, zeros(6), { size: 3, stride: 1, pad: 1, groups: 1, filters: 6, dilation: 1 });
  expected.values.forEach((value, i) => {
    const c = Math.floor(i / 25);
    expected.values[i] =
      ((value - norm.mean[c]!) / Math.sqrt(norm.variance[c]! + 1e-6)) * norm.gamma[c]! + norm.beta[c]!;
  });
  const relative = largestDifference(
    found.values.map((v, i) => v / (1 + Math.abs(expected.values[i]!))),
    expected.values.map((v) => v / (1 + Math.abs(v))),
  );
  t.ok(relative < 1e-5, `differs by ${relative} of the value`);
});

t.test('a route takes its slice of the channels of every source', async (t) => {
  const input = map3(12, 2, 3, noise(72, 31));
  const plane = (c: number) => Array.from(input.values.slice(c * 6, c * 6 + 6));
  const planes = (...cs: number[]) => map3(cs.length, 2, 3, cs.flatMap(plane));
  const pools = '[maxpool]\nsize=1\n[maxpool]\nsize=1\n';
  same(
    t,
    await imported(input, cfgOf(input, `${pools}[route]\nlayers=-1\ngroups=2\ngroup_id=1`)),
    planes(6, 7, 8, 9, 10, 11),
    0,
  );
  same(t, await imported(input, cfgOf(input, `${pools}[route]\nlayers=-1\ngroups=2`)), planes(0, 1, 2, 3, 4, 5), 0);
  same(
    t,
    await imported(input, cfgOf(input, `${pools}[route]\nlayers=-1, 0\ngroups=4\ngroup_id=2`)),
    planes(6, 7, 8, 6, 7, 8),
    0,
  );
  t.throws(() => planDarknet(cfgOf(input, `${pools}[route]\nlayers=-1\ngroups=5`)), { code: 'bad-cfg' });
  t.throws(() => planDarknet(cfgOf(input, `${pools}[maxpool]\nsize=2\nstride=2\n[route]\nlayers=-1,0`)), {
    code: 'bad-cfg',
    message: /different sizes/,
  });
  t.throws(() => planDarknet(cfgOf(input, `${pools}[route]\nlayers=9`)), {
    code: 'bad-cfg',
    message: /layer 2 \[route\].*9/,
  });
});

t.test('[dropout] and [yolo] have an index, [net] has none', async (t) => {
  const input = map3(6, 4, 4, noise(96, 41));
  // 0 pool by 2 · 1 dropout · 2 pool again, same size · 3 yolo · 4 route to 2 (were [yolo] not counted: to 1) ·
  // 5 upsample · 6 shortcut to 5 (were [dropout] not counted: to itself)
  const pooled = pool(pool(input, { size: 2, stride: 2, padding: 1 }), { size: 2, stride: 1, padding: 1 });
  const yolo = '[yolo]\nmask=0\nanchors=10,10\nclasses=1';
  const cfg = cfgOf(
    input,
    '[maxpool]\nsize=2\nstride=2\n[dropout]\nprobability=.5\n[maxpool]\nsize=2\nstride=1\n' +
      `${yolo}\n[route]\nlayers=-2\n[upsample]\nstride=2\n[shortcut]\nfrom=5\n`,
  );
  const { network } = readDarknet({ cfg, weights: weightsFile([]) });
  const heads = await runOnnx(writeOnnx(network, { precision: 'fp32' }), input.values, [1, 6, 4, 4]);
  t.equal(largestDifference(heads[0]!.values, pooled.values), 0, 'the first head stands before the upsampling');
  const doubled = Array.from(
    { length: 96 },
    (_, i) => 2 * pooled.values[Math.floor(i / 16) * 4 + Math.floor((i % 16) / 8) * 2 + Math.floor((i % 4) / 2)]!,
  );
  t.equal(largestDifference(heads[1]!.values, Float32Array.from(doubled)), 0, 'nearest neighbour, added to itself');
  t.throws(() => planDarknet(cfgOf(input, `${yolo}\n[route]\nlayers=-1`)), {
    code: 'unsupported',
    message: /reads layer 0, a \[yolo\]/,
  });
  t.throws(() => planDarknet(cfgOf(input, `${yolo}\n[maxpool]\nsize=1`)), { code: 'unsupported' });
});

t.test('squeeze and excitation: a mean of each channel scales the big map', async (t) => {
  const input = map3(6, 4, 5, noise(120, 51));
  const cfg = cfgOf(input, '[maxpool]\nsize=1\n[avgpool]\n[scale_channels]\nfrom=-2\nactivation=relu');
  const expected = map3(
    6,
    4,
    5,
    Array.from(input.values, (value, i) => {
      const c = Math.floor(i / 20);
      const mean = input.values.slice(c * 20, c * 20 + 20).reduce((sum, v) => sum + v, 0) / 20;
      return Math.max(0, value * mean);
    }),
  );
  same(t, await imported(input, cfg), expected);
  t.throws(() => planDarknet(cfgOf(input, '[maxpool]\nsize=1\n[maxpool]\nsize=1\n[scale_channels]\nfrom=-2')), {
    code: 'bad-cfg',
  });
  t.throws(() => planDarknet(cfgOf(input, '[maxpool]\nsize=1\n[avgpool]\n[scale_channels]\nfrom=-2\nscale_wh=1')), {
    code: 'unsupported',
  });
});

t.test('upsampling multiplies by its scale', async (t) => {
  const input = map3(6, 1, 2, noise(12, 61));
  const expected = map3(
    6,
    3,
    6,
    Array.from({ length: 108 }, (_, i) => 0.5 * input.values[Math.floor(i / 18) * 2 + Math.floor((i % 6) / 3)]!),
  );
  same(t, await imported(input, cfgOf(input, '[upsample]\nstride=3\nscale=.5')), expected, 1e-7);
});

t.test('new_coords takes its values from a logistic convolution, and only from one', (t) => {
  const input = map3(3, 2, 2, noise(12, 71));
  const yolo = '[yolo]\nmask=1\nanchors=10,12, 20,22\nclasses=1\nnew_coords=1\nscale_x_y=2.0';
  const { plan } = planDarknet(cfgOf(input, '[convolutional]\nfilters=6\nsize=1\nactivation=logistic', yolo));
  t.match(plan.heads, [{ box: 'square', scaleXY: 2, anchors: [[20, 22]], classes: 1 }]);
  t.throws(() => planDarknet(cfgOf(input, '[convolutional]\nfilters=6\nsize=1\nactivation=linear', yolo)), {
    code: 'unsupported',
    message: /new_coords/,
  });
  t.end();
});

t.test('an unknown option that changes the arithmetic is refused by name', (t) => {
  const input = map3(6, 4, 4, noise(96, 81));
  const refused: [string, RegExp][] = [
    ['[convolutional]\nfilters=6\nantialiasing=1', /antialiasing=1/],
    ['[convolutional]\nfilters=6\nshare_index=0', /share_index/],
    ['[convolutional]\nfilters=6\nxnor=1', /xnor/],
    ['[maxpool]\nsize=1\nmaxpool_depth=1', /maxpool_depth/],
    ['[maxpool]\nsize=1\n[shortcut]\nfrom=-1\nweights_type=per_channel', /weights_type/],
    ['[local_avgpool]\nsize=2', /\[local_avgpool\]/],
    ['[sam]\nfrom=-1', /\[sam\]/],
    ['[Gaussian_yolo]', /\[Gaussian_yolo\]/],
    ['[constructor]', /\[constructor\]/],
  ];
  for (const [layers, message] of refused)
    t.throws(() => planDarknet(cfgOf(input, layers)), { code: 'unsupported', message });
  t.throws(() => planDarknet(cfgOf(input, '[maxpool]\nsize=1\n[avgpool]\n[shortcut]\nfrom=-2')), {
    code: 'unsupported',
    message: /different shapes/,
  });
  t.throws(() => planDarknet(cfgOf(input, '[route]\nlayers=-1')), { code: 'bad-cfg' });
  t.throws(() => planDarknet(cfgOf(input, '', '')), { code: 'bad-cfg', message: /no \[yolo\]/ });
  t.end();
});
