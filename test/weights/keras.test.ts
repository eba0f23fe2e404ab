import { join } from 'node:path';
import t from 'tap';
import type { KerasVariable } from '../../src/weights/keras/h5File.js';
import { readKeras } from '../../src/weights/keras/index.js';
import { rankConvolutions } from '../../src/weights/keras/ranked.js';
import { ImportError, importModel } from '../../src/weights/index.js';
import { fixtures, referenceFile } from './references.js';

const tiny = (form: string) =>
  Buffer.from(referenceFile(fixtures, join('synthetic-yolov3-tiny-slim', `synthetic-yolov3-tiny-slim.${form}`))!);
const anchors = tiny('anchors.txt').toString();
const size = { width: 320, height: 320 };

function problem(task: () => unknown): { code: string; message: string } {
  try {
    task();
  } catch (error) {
    if (error instanceof ImportError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

const read = (h5: Uint8Array, classes = 3, anchorText = anchors) =>
  problem(() => readKeras({ h5, anchors: anchorText }, { classes, size }));

/** The full-model file with another text of the same length in its model_config. */
function restated(before: string, after: string): Buffer {
  const h5 = tiny('model.h5');
  const at = h5.indexOf(before);
  if (at < 0 || before.length !== after.length) throw new Error(`can't restate ${before}`);
  h5.write(after, at, 'latin1');
  return h5;
}

t.test('a file that is not Keras, or not this network, is refused, saying what is wrong', (t) => {
  t.match(read(Buffer.from('version https://git-lfs.github.com/spec/v1\n')), {
    code: 'wrong-file',
    message: /git-LFS pointer/,
  });
  t.match(read(Buffer.from('<!doctype html><p>404')), { code: 'wrong-file', message: /web page/ });
  t.match(read(Buffer.alloc(0)), { code: 'wrong-file', message: /empty/ });
  t.match(read(Buffer.alloc(4096, 7)), { code: 'wrong-file', message: /not HDF5/ });
  for (const share of [0.001, 0.3, 0.9]) {
    const whole = tiny('weights.h5');
    t.match(
      read(whole.subarray(0, Math.floor(whole.length * share))),
      { code: /bad-keras|bad-numbers/ },
      `${share} of the file`,
    );
  }
  t.match(read(tiny('weights.h5'), 2), {
    code: 'bad-keras',
    message: /names 2 classes.*3 × \(5 \+ 2\) = 21 filters; conv2d_10 has 24, which is right for 3 classes/,
  });
  t.match(read(tiny('weights.h5'), 3, '10,13, 16,30'), { code: 'bad-keras', message: /2 anchors, yolov3-tiny has 6/ });
  t.match(read(tiny('weights.h5'), 3, '10,13, 16'), { code: 'bad-keras', message: /pairs/ });
  t.match(read(tiny('weights.h5'), 3, anchors.replace('10', 'ten')), { code: 'bad-keras', message: /pairs/ });
  t.end();
});

t.test('a full-model file wired differently from keras-yolo3 is refused, naming the layer', (t) => {
  t.equal(read(tiny('model.h5')).code, 'none');
  t.match(
    read(
      restated(
        '["up_sampling2d_1", 0, 0, {}], ["leaky_re_lu_5", 0, 0, {}]',
        '["leaky_re_lu_5", 0, 0, {}], ["up_sampling2d_1", 0, 0, {}]',
      ),
    ),
    {
      code: 'bad-keras',
      message: /conv2d_12 differently/,
    },
  );
  t.match(read(restated('[["max_pooling2d_5", 0, 0, {}]]', '[["max_pooling2d_4", 0, 0, {}]]')), {
    message: /conv2d_6 differently/,
  });
  t.match(read(restated('"alpha": 0.1', '"alpha": 0.3')), { message: /conv2d_2 differently/ });
  t.match(read(restated('"class_name": "MaxPooling2D"', '"class_name": "AvgPooling2D"')), {
    message: /conv2d_2 differently/,
  });
  t.match(
    read(
      restated(
        '"kernel_size": [3, 3], "strides": [1, 1], "padding": "same"',
        '"kernel_size": [3, 3], "strides": [2, 2], "padding": "same"',
      ),
    ),
    { message: /conv2d_1 differently/ },
  );
  t.match(read(restated('"class_name": "Model"', '"class_name"; "Model"')), { code: 'bad-keras', message: /not JSON/ });
  t.match(read(restated('"inbound_nodes": [[["input_1", 0, 0, {}]]]', '"outbound_node": [[["input_1", 0, 0, {}]]]')), {
    code: 'bad-keras',
    message: /not that of a functional Keras model/,
  });
  t.end();
});

t.test('epsilon is that of the file, or 0.001 if it holds none', (t) => {
  const bias = (h5: Buffer) => readKeras({ h5, anchors }, { classes: 3, size }).network.kernels.get(0)!.bias;
  t.same(bias(tiny('weights.h5')), bias(tiny('model.h5')));
  // β − μ·γ/√(σ² + ε): a larger ε pulls every bias towards its β.
  t.notSame(bias(restated('"epsilon": 0.001', '"epsilon": 0.009')), bias(tiny('model.h5')));
  t.end();
});

t.test('layers pair by the rank of their numbers, whatever the first number and the file order', (t) => {
  const variable = (layer: string, name: string, shape: number[], value: number): KerasVariable => ({
    layer,
    name,
    shape,
    values: new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(value),
  });
  const norm = (layer: string, value: number) =>
    ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => variable(layer, name, [1], value));
  // A second model of a session: 76 … 79, of which 78 is a head; norms of tf.keras start without a number.
  const file = [
    ...norm('batch_normalization_10', 13),
    variable('conv2d_79', 'kernel', [1, 1, 1, 1], 4),
    ...norm('batch_normalization', 11),
    variable('conv2d_100', 'kernel', [1, 1, 1, 1], 5),
    variable('conv2d_78', 'kernel', [1, 1, 1, 1], 3),
    variable('conv2d_78', 'bias', [1], 0.5),
    ...norm('batch_normalization_9', 12),
    variable('conv2d_76', 'kernel', [1, 1, 1, 1], 1),
  ];
  const ranked = rankConvolutions(file, () => 1e-3);
  t.same(
    ranked.map(({ stored }) => [stored.kernel[0], stored.norm?.gamma[0] ?? 'head']),
    [
      [1, 11],
      [3, 'head'],
      [4, 12],
      [5, 13],
    ],
  );
  const refused = (variables: KerasVariable[]) => problem(() => rankConvolutions(variables, () => 1e-3));
  t.match(refused(file.slice(4)), {
    code: 'bad-keras',
    message: /3 convolutions without bias and 2 batch normalisations/,
  });
  t.match(refused([...file, variable('other_79', 'kernel', [1, 1, 1, 1], 1), ...norm('batch_normalization_77', 1)]), {
    message: /have the number 79/,
  });
  t.match(refused([...file, variable('prelu_1', 'alpha', [1], 1)]), { message: /prelu_1 is neither/ });
  t.match(refused([...file, variable('conv2d_76', 'kernel', [1, 1, 1, 1], 1)]), {
    message: /two arrays conv2d_76\/kernel/,
  });
  t.end();
});

t.test('a kernel of Keras, height × width × in × out, is transposed to out × in × height × width', (t) => {
  // value = 1000·ky + 100·kx + 10·in + out
  const shape = [3, 3, 2, 4];
  const values = Float32Array.from(
    { length: 72 },
    (_, i) => 1000 * Math.floor(i / 24) + 100 * (Math.floor(i / 8) % 3) + 10 * (Math.floor(i / 4) % 2) + (i % 4),
  );
  const [convolution] = rankConvolutions(
    [
      { layer: 'conv2d_1', name: 'kernel', shape, values },
      { layer: 'conv2d_1', name: 'bias', shape: [4], values: new Float32Array(4) },
    ],
    () => 1e-3,
  );
  const turned = [...convolution!.stored.kernel];
  t.equal(turned[0], 0);
  t.equal(turned[1], 100, 'next: kx');
  t.equal(turned[3], 1000, 'then ky');
  t.equal(turned[9], 10, 'then in');
  t.equal(turned[18], 1, 'then out');
  t.equal(turned[71], 2213);
  t.end();
});

t.test("an imported Keras model sees films as keras-yolo3 does, with keras-yolo3's masks", (t) => {
  const choices = { name: 'tiny', classes: tiny('names').toString(), precision: 'fp32' } as const;
  const { spec, notes } = importModel({ format: 'keras', h5: tiny('weights.h5'), anchors }, choices);
  t.match(spec, {
    input: { width: 416, height: 416, colour: 'rgb' },
    window: 'none',
    fit: { mode: 'letterbox', interpolation: 'bicubic', arithmetic: 'uint8', fill: 128 / 255, unletterbox: 'exact' },
    heads: [
      {
        tensor: 'head0',
        stride: 32,
        anchors: [
          [81, 82],
          [135, 169],
          [344, 319],
        ],
        scaleXY: 1,
        box: 'exp',
      },
      {
        tensor: 'head1',
        stride: 16,
        anchors: [
          [23, 27],
          [37, 58],
          [81, 82],
        ],
      },
    ],
    threshold: { score: 0.3, source: 'import default' },
    nms: { iou: 0.45, perClass: true },
  });
  t.match(notes, [/yolov3-tiny/]);
  const low = importModel(
    { format: 'keras', h5: tiny('weights.h5'), anchors },
    { ...choices, threshold: { score: 0.01, source: 'given' } },
  );
  t.match(low.spec, { threshold: { score: 0.01 }, candidateFloor: { score: 0.01 } }, 'what is reported is kept');
  t.end();
});
