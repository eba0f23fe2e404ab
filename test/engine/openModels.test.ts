import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ModelSpec } from '../../src/detector/index.js';
import { type Network, type OpenNetwork } from '../../src/engine/runner/network.js';
import { openModels, type OpenModelsOptions } from '../../src/engine/runner/openModels.js';
import { openOnnx } from '../../src/engine/runner/openOnnx.js';
import { tinyOnnx, tinySpec } from './tinyModel.js';

/** A network in which nothing runs, and a book of what was opened and closed. */
function factory(missing: readonly string[], changes: Partial<Network> = {}) {
  const book: string[] = [];
  const open: OpenNetwork = (_onnx, { provider }) => {
    if (missing.includes(provider)) {
      book.push(`no ${provider}`);
      return Promise.reject(new Error(`lib${provider}.so is not there`));
    }
    book.push(`open ${provider}`);
    return Promise.resolve({
      inputs: [{ name: 'images', type: 'float32', shape: ['N', 3, 64, 64] }],
      outputs: [{ name: 'head', type: 'float32', shape: ['N', 6, 2, 2] }],
      run: () => {
        book.push(`run ${provider}`);
        return Promise.resolve(new Map([['head', { data: new Float32Array(24), dims: [1, 6, 2, 2] }]]));
      },
      close: () => {
        book.push(`close ${provider}`);
        return Promise.resolve();
      },
      ...changes,
    });
  };
  return { book, open };
}

async function options(
  test: Test,
  changes: Partial<OpenModelsOptions> = {},
  spec: Partial<ModelSpec> = {},
): Promise<OpenModelsOptions> {
  const onnx = tinyOnnx();
  const onnxPath = join(test.testdir(), 'model.onnx');
  await writeFile(onnxPath, onnx);
  return {
    models: [{ spec: tinySpec(onnx, spec), onnxPath, seldom: false }],
    executionProviders: ['cuda', 'cpu'],
    requireProvider: null,
    threads: 1,
    wideThreads: null,
    ...changes,
  };
}

t.test('providers are tried in the configured order, and the first that runs is used and named', async (t) => {
  const { book, open } = factory([]);
  const opened = await openModels(await options(t, { executionProviders: ['tensorrt', 'cuda', 'cpu'] }), open);
  t.equal(opened.provider, 'tensorrt');
  t.same(book, ['open tensorrt', 'run tensorrt'], 'opened, warmed up, and nothing else');
  t.same(opened.notes, []);
});

t.test('a provider that is missing is passed over with a note, not in silence', async (t) => {
  const { book, open } = factory(['tensorrt', 'cuda']);
  const opened = await openModels(await options(t, { executionProviders: ['tensorrt', 'cuda', 'cpu'] }), open);
  t.equal(opened.provider, 'cpu');
  t.same(book, ['no tensorrt', 'no cuda', 'open cpu', 'run cpu']);
  t.same(opened.notes, [
    'tensorrt: model tiny: libtensorrt.so is not there',
    'cuda: model tiny: libcuda.so is not there',
  ]);
});

t.test('all models run on one provider: where one can not, none does', async (t) => {
  const { models, ...rest } = await options(t);
  const [model] = models;
  const second = { ...model!, spec: { ...model!.spec, name: 'second' } };
  const { book, open } = factory([]);
  let opened = 0;
  const secondFails: OpenNetwork = (onnx, o) =>
    ++opened === 2 ? Promise.reject(new Error('out of memory')) : open(onnx, o);
  const result = await openModels({ ...rest, models: [model!, second] }, secondFails);
  t.equal(result.provider, 'cpu');
  t.same(book, ['open cuda', 'run cuda', 'close cuda', 'open cpu', 'run cpu', 'open cpu', 'run cpu']);
});

t.test('a model that is seldom asked for is tried at start, closed, and opened again by its first film', async (t) => {
  const { models, ...rest } = await options(t, { executionProviders: ['cpu'], wideThreads: 2 });
  const seldom = { ...models[0]!, seldom: true };
  const { book, open } = factory([]);
  const opened = await openModels({ ...rest, models: [seldom] }, open);
  t.same(book.splice(0), ['open cpu', 'run cpu', 'close cpu']);
  const { network, wide } = opened.models.get('tiny')!;
  const film = [new Float32Array(3 * 64 * 64), [1, 3, 64, 64]] as const;
  await network.run(...film);
  await network.run(...film);
  t.same(book.splice(0), ['open cpu', 'run cpu', 'run cpu'], 'it stays open');
  const onnx = await readFile(seldom.onnxPath);
  await writeFile(seldom.onnxPath, onnx.subarray(0, 100));
  await t.rejects(wide!.run(...film), { message: /tiny: .*onnxSha256.*cut short, swapped or changed/ });
  t.same(book.splice(0), [], 'what is not the verified file is not opened');
  await writeFile(seldom.onnxPath, onnx);
  await wide!.run(...film);
  t.same(book.splice(0), ['open cpu', 'run cpu']);

  const onGpu = await openModels({ ...rest, executionProviders: ['cuda'], models: [seldom] }, open);
  t.same(book.splice(0), ['open cuda', 'run cuda'], 'where opening takes seconds, it stays open');
  t.equal(onGpu.models.get('tiny')!.wide, null);
});

t.test('a provider that opens but can not run is passed over', async (t) => {
  let runs = 0;
  const { open } = factory([], {
    run: () =>
      ++runs === 1
        ? Promise.reject(new Error('no kernel image'))
        : Promise.resolve(new Map([['head', { data: new Float32Array(24), dims: [1, 6, 2, 2] }]])),
  });
  const opened = await openModels(await options(t), open);
  t.match(opened, { provider: 'cpu', notes: [/cuda: no kernel image/] });
});

t.test('a required provider that does not run is fatal and says how to install it', async (t) => {
  const { open } = factory(['cuda']);
  await t.rejects(openModels(await options(t, { requireProvider: 'cuda' }), open), {
    message: /cuda is required and does not run \(cuda: model tiny: libcuda\.so is not there\).*npm run cuda:install/,
  });
  await t.rejects(openModels(await options(t, { executionProviders: ['cpu'], requireProvider: 'cuda' }), open), {
    message: /cuda is required, but not among those configured \(cpu\)/,
  });
  const { open: all } = factory([]);
  t.equal(
    (await openModels(await options(t, { executionProviders: ['cpu', 'cuda'], requireProvider: 'cuda' }), all))
      .provider,
    'cuda',
    'wherever it stands in the order',
  );
});

t.test('where no provider runs, each is named with its reason', async (t) => {
  const { open } = factory(['cuda', 'cpu']);
  await t.rejects(openModels(await options(t), open), {
    message: new RegExp(
      'No execution provider runs \\(cuda: model tiny: libcuda\\.so is not there; ' +
        'cpu: model tiny: libcpu\\.so is not there\\)',
    ),
  });
});

t.test('a network that does not fit its spec is refused on every provider, naming the field', async (t) => {
  const head = {
    tensor: 'head',
    stride: 32,
    anchors: [[32, 32]] as [number, number][],
    scaleXY: 1,
    box: 'exp' as const,
  };
  const input = tinySpec(tinyOnnx()).input;
  const misfits: [RegExp, Partial<ModelSpec>, Partial<Network>?][] = [
    [/tiny: model\.json at \/input\/tensor: is "pixels"/, { input: { ...input, tensor: 'pixels' } }],
    [/\/input\/channels/, { input: { ...input, channels: 1 } }],
    [/\/input\/height/, { input: { ...input, height: 96 } }],
    [/\/heads\/0\/tensor: is "yolo".*"head"/, { heads: [{ ...head, tensor: 'yolo' }] }],
    [
      /\/heads\/0\/anchors: asks for 12 .* has 6/,
      {
        heads: [
          {
            ...head,
            anchors: [
              [32, 32],
              [8, 8],
            ],
          },
        ],
      },
    ],
    [
      /\/heads\/0\/anchors: asks for 7 /,
      { classes: [...tinySpec(tinyOnnx()).classes, { name: 'b', title: 'b', colour: '#000000', role: 'attribute' }] },
    ],
    [/\/heads\/0\/stride: asks for 4 .* has 2/, { heads: [{ ...head, stride: 16 }] }],
    [/float16, not float32/, {}, { outputs: [{ name: 'head', type: 'float16', shape: ['N', 6, 2, 2] }] }],
    [
      /2 inputs, not one/,
      {},
      {
        inputs: [
          { name: 'images', type: 'float32', shape: [] },
          { name: 'more', type: 'float32', shape: [] },
        ],
      },
    ],
    // Free dimensions are seen in the first run only.
    [
      /\/heads\/0: asks for an output of 1 × 6 × 2 × 2, but the network gave 1 × 6 × 4 × 4/,
      {},
      {
        outputs: [{ name: 'head', type: 'float32', shape: ['N', 'c', 'h', 'w'] }],
        run: () => Promise.resolve(new Map([['head', { data: new Float32Array(96), dims: [1, 6, 4, 4] }]])),
      },
    ],
  ];
  for (const [message, spec, network] of misfits) {
    const { book, open } = factory([], network);
    await t.rejects(openModels(await options(t, {}, spec), open), { message }, String(message));
    t.equal(book.filter((line) => line === 'open cpu').length, 0, 'no other provider is tried');
    t.ok(book.includes('close cuda'), 'what was opened is closed');
  }
});

t.test('the bytes that are loaded are the ones that were hashed', async (t) => {
  const given = await options(t);
  await writeFile(given.models[0]!.onnxPath, tinyOnnx('other'));
  const { book, open } = factory([]);
  await t.rejects(openModels(given, open), { message: /tiny: .*onnxSha256.*cut short, swapped or changed/ });
  t.same(book, [], 'nothing was opened');
});

t.test(
  'a network that onnxruntime cannot read is named with its reason, though its hash is the one of its spec',
  async (t) => {
    const reasonOf = async (onnx: Uint8Array): Promise<RegExp | string> => {
      const given = await options(t, { executionProviders: ['cpu'] });
      await writeFile(given.models[0]!.onnxPath, onnx);
      const opening = openModels({ ...given, models: [{ ...given.models[0]!, spec: tinySpec(onnx) }] }, openOnnx);
      return opening.then(
        () => 'it opened',
        (error: unknown) => String(error),
      );
    };
    const whole = tinyOnnx();
    t.match(await reasonOf(whole.subarray(0, whole.length - 40)), /cpu: model tiny: .*(?:pars|protobuf)/i, 'cut short');
    t.match(await reasonOf(tinyOnnx('head', 1, 999)), /cpu: model tiny: .*opset/i, 'of an opset to come');
  },
);

t.test('onnxruntime runs the tiny network, and knows no provider called nonsense', async (t) => {
  const opened = await openModels(await options(t, { executionProviders: ['nonsense', 'cpu'] }), openOnnx);
  t.equal(opened.provider, 'cpu');
  t.match(opened.notes, [/nonsense: model tiny: onnxruntime-node knows .*cpu/]);
  const outputs = await opened.models
    .get('tiny')!
    .network.run(new Float32Array(2 * 3 * 64 * 64).fill(1, 3 * 64 * 64), [2, 3, 64, 64]);
  const { data, dims } = outputs.get('head')!;
  t.same(dims, [2, 6, 2, 2]);
  // Objectness (channel 4) of a black film: −4; of a white one: 8 · 1 − 4.
  t.same(
    [data[16], data[24 + 16]].map((logit) => logit!.toFixed(4)),
    ['-4.0000', '4.0000'],
  );
});
