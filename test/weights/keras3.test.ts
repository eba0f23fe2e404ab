import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { type ImportChoices, importModel } from '../../src/weights/index.js';
import { largestDifference, runOnnx } from './onnxRun.js';
import { fixtures } from './references.js';

// Made by Keras 3.15 itself: test/fixtures/keras3_files.py.
const file = (name: string) => gunzipSync(readFileSync(join(fixtures, 'keras3', `${name}.gz`)));
const anchors = '10,14, 23,27, 37,58, 81,82, 135,169, 344,319';
const size = { width: 96, height: 64 };
const imported = (h5: Uint8Array, choices: Partial<ImportChoices> = {}) =>
  importModel(
    { format: 'keras', h5, anchors },
    { name: 'tiny', classes: 'opacity\n', precision: 'fp32', size, ...choices },
  );

interface Expected {
  readonly heads: readonly { readonly shape: readonly [number, number, number]; readonly values: readonly number[] }[];
}

t.test('a model that Keras 3 saved as .h5 computes what Keras 3 computes', async (t) => {
  const { onnx, notes } = imported(file('tiny.model.h5'));
  t.match(notes, [/recognised as yolov3-tiny/]);
  const { width, height } = size;
  // The input of the script is height × width × channel, the network's is channel × height × width.
  const input = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [channel, place] = [Math.floor(i / (width * height)), i % (width * height)];
    return ((3 * place + channel) % 251) / 250;
  });
  const heads = await runOnnx(onnx, input, [1, 3, height, width]);
  const expected = JSON.parse(readFileSync(join(fixtures, 'keras3', 'tiny.heads.json'), 'utf8')) as Expected;
  t.equal(heads.length, expected.heads.length);
  expected.heads.forEach(({ shape: [rows, columns, channels], values }, k) => {
    const cells = rows * columns;
    const turned = Float32Array.from(
      { length: cells * channels },
      (_, i) => values[(i % cells) * channels + Math.floor(i / cells)] ?? Number.NaN,
    );
    t.ok(largestDifference(heads[k]!.values, turned) < 2e-5, `head ${k}`);
  });
});

t.test("the wiring stated by Keras 3 is compared with keras-yolo3's, like that of Keras 2", (t) => {
  const restated = (before: string, after: string) => {
    const h5 = file('tiny.model.h5');
    const at = h5.indexOf(before);
    if (at < 0 || before.length !== after.length) throw new Error(`can't restate ${before}`);
    h5.write(after, at, 'latin1');
    return h5;
  };
  const otherwise = { code: 'bad-keras', message: /connects conv2d\w* differently from keras-yolo3/ };
  t.throws(() => imported(restated('"negative_slope": 0.1', '"negative_slope": 0.3')), otherwise);
  t.throws(
    () => imported(restated('"keras_history": ["max_pooling2d_5"', '"keras_history": ["max_pooling2d_4"')),
    otherwise,
  );
  t.end();
});

t.test('Keras 3 files without names are refused, saying what to do', (t) => {
  t.throws(() => imported(file('one.keras')), {
    code: 'wrong-file',
    message: /is a \.keras file: .*keras\.saving\.load_model\("….keras"\)\.save\("model\.h5"\)/,
  });
  t.throws(() => imported(file('optimizer.weights.h5')), {
    code: 'bad-keras',
    message:
      /numbered weights .*model\.save\("model\.h5"\).*tf_keras \(pip install tf_keras\).*save_weights\("model\.h5"\)/,
  });
  t.throws(() => imported(Buffer.from('PK\x03\x04 archive/data.pkl')), { message: /PyTorch files are not read/ });
  t.end();
});

t.test('an input size at which the maps do not match is refused, naming sizes at which they do', (t) => {
  t.throws(() => imported(file('tiny.model.h5'), { size: { width: 100, height: 100 } }), {
    message: /can't be joined.*the input is 100 × 100: choose a width and height that are multiples of 32/,
  });
  t.end();
});
