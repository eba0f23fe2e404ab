import t from 'tap';
import { parseSections } from '../../src/weights/darknet/sections.js';
import { planDarknet } from '../../src/weights/darknet/plan.js';
import { readDarknetWeights } from '../../src/weights/darknet/weightsFile.js';
import { ImportError } from '../../src/weights/index.js';
import { noise, weightsFile } from './weightsFiles.js';

// 0: 2 + 1·2·9·1 = 20 floats (1 input channel, 2 filters, batch norm: 4·2 + 18 = 26) · 1: head, 6 + 2·6 = 18
const cfg = `[net]
width=8
height=8
channels=1
[convolutional]
batch_normalize=1
filters=2
size=3
pad=1
activation=leaky
[convolutional]
filters=6
size=1
activation=linear
[yolo]
mask=0
anchors=10,10
classes=1
`;
const { plan } = planDarknet(cfg);
const floats = [...noise(2, 1), ...noise(2, 2), ...noise(2, 3), 1, 2, ...noise(18, 4), ...noise(18, 5)];

function problem(task: () => unknown): { code: string; message: string } {
  try {
    task();
  } catch (error) {
    if (error instanceof ImportError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

const read = (bytes: Uint8Array) => problem(() => readDarknetWeights(bytes, plan));

t.test('both headers of darknet are read: 16 bytes before version 0.2, 20 since', (t) => {
  for (const minor of [1, 2] as const) {
    const stored = readDarknetWeights(weightsFile(floats, minor), plan);
    t.same([...(stored.get(0)?.norm?.beta ?? [])], floats.slice(0, 2));
    t.same([...(stored.get(0)?.norm?.gamma ?? [])], floats.slice(2, 4));
    t.same([...(stored.get(0)?.norm?.mean ?? [])], floats.slice(4, 6));
    t.same([...(stored.get(0)?.norm?.variance ?? [])], [1, 2]);
    t.same([...(stored.get(0)?.kernel ?? [])], floats.slice(8, 26));
    t.same([...(stored.get(1)?.bias ?? [])], floats.slice(26, 32));
    t.same([...(stored.get(1)?.kernel ?? [])], floats.slice(32));
  }
  const shifted = Buffer.concat([Buffer.alloc(3), weightsFile(floats)]).subarray(3);
  t.same(
    [...(readDarknetWeights(shifted, plan).get(1)?.kernel ?? [])],
    floats.slice(32),
    'a window into a larger buffer, at an odd offset',
  );
  t.end();
});

t.test('a file that does not fit its cfg says where it ends, or how much is left', (t) => {
  t.match(read(weightsFile(floats.slice(0, 30))), {
    code: 'wrong-length',
    message: /too short: it ends in layer 1 \[convolutional\], which needs 18 floats and finds 4.*30 of 44/,
  });
  t.match(read(weightsFile(floats.slice(0, 26))), {
    code: 'wrong-length',
    message: /ends before layer 1 \[convolutional\], with all layers above it whole: a backbone/,
  });
  t.match(read(weightsFile([])), { code: 'wrong-length', message: /ends before layer 0/ });
  t.match(read(weightsFile([...floats, 1, 2, 3, 4])), { code: 'wrong-length', message: /too long.*4 floats are left/ });
  // One class more: one filter more in the head, 1 bias + 2 weights.
  t.match(read(weightsFile([...floats, 1, 2, 3])), { code: 'wrong-length', message: /classes=2/ });
  t.match(read(weightsFile(floats).subarray(0, -2)), {
    code: 'wrong-length',
    message: /ends inside a number \(2 bytes over\)/,
  });
  t.match(read(Buffer.concat([weightsFile(floats), Buffer.alloc(1)])), {
    code: 'wrong-length',
    message: /inside a number/,
  });
  t.match(read(weightsFile(floats).subarray(0, 10)), { code: 'wrong-length', message: /header/ });
  t.end();
});

t.test('files often mistaken for weights are named', (t) => {
  const text = (content: string) => Buffer.from(content);
  const lookalikes: [Uint8Array, RegExp][] = [
    [text('version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n'), /git-LFS pointer/],
    [text('\n<!DOCTYPE html><html><body>Not Found'), /web page/],
    [text('<html>'), /web page/],
    [text(''), /empty/],
    [text(cfg), /swapped/],
    [text('../weights/yolo.weights'), /symbolic link/],
    [Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(100)]), /PyTorch/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/],
    [Buffer.concat([Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(100)]), /HDF5/],
    [Buffer.alloc(400, 0xab), /header/],
  ];
  for (const [bytes, message] of lookalikes) t.match(read(bytes), { code: 'wrong-file', message });
  const transposed = Buffer.from(weightsFile(floats));
  transposed.writeInt32LE(1001, 0);
  t.match(read(transposed), { code: 'wrong-file', message: /transposed/ });
  t.end();
});

t.test('numbers that no trained network holds are refused with their layer', (t) => {
  const broken = (index: number, value: number) => read(weightsFile(floats.map((v, i) => (i === index ? value : v))));
  t.match(broken(30, Number.NaN), { code: 'bad-numbers', message: /layer 1 \[convolutional\]: bias\[4\] is NaN/ });
  t.match(broken(9, Number.POSITIVE_INFINITY), {
    code: 'bad-numbers',
    message: /layer 0 \[convolutional\]: kernel\[1\]/,
  });
  t.match(broken(7, -0.5), { code: 'bad-numbers', message: /variance\[1\] is -0.5/ });
  t.end();
});

t.test('a cfg is read as darknet reads it', (t) => {
  const dressed =
    '; a comment\r\n\r\n[network] \r\n width = 8\r\nheight=\t8\r\nchannels = 1 # ' +
    'grey\r\nlearning_rate=.001\r\n# more\r\n[conv]\r\nbatch_normalize = 1\r\nfilters=2 # two\r\nsize=3\r\npad ' +
    '= 1\r\nactivation = leaky\r\n[conv]\r\nfilters=6\r\nsize=1\r\nactivation=linear\r\n[yolo]\r\nmask = ' +
    '0\r\nanchors = 10, 10,\r\nclasses=1\r\njitter=.3\r\n';
  t.same(planDarknet(dressed).plan, plan);
  t.same(planDarknet(dressed).notes, []);
  t.same(planDarknet(`\uFEFF${cfg}`).plan, plan);
  t.match(planDarknet(cfg.replace('leaky', 'leaky\nfiltres=3\nhello')).notes, [
    /layer 0 \[convolutional\].*filtres=3/,
    /line 12.*hello/,
  ]);
  t.match(
    planDarknet(cfg.replace('width=8', 'width=8\nletter_box=0').replace('mask=0', 'mask=0\nnms_kind=diounms')).notes,
    [/letter_box=0.*--fit stretch/, /nms_kind=diounms/],
  );
  t.same(
    [...parseSections('[net]\n[max]\na=1\na=2\n[avg]')].map(({ type }) => type),
    ['net', 'maxpool', 'avgpool'],
  );
  t.end();
});

t.test("a cfg for AlexeyAB's darknet without letter_box means stretched films, and the import says so", (t) => {
  const stretched = /no letter_box=1, so it was trained on stretched films: give --fit stretch/;
  const marks = ['scale_x_y=1.05', 'iou_loss=ciou', 'new_coords=0', 'max_delta=5', 'iou_thresh=0.2'];
  for (const mark of marks) t.match(planDarknet(cfg.replace('mask=0', `mask=0\n${mark}`)).notes, [stretched], mark);
  for (const mark of ['mosaic=1', 'max_chart_loss=4', 'mixup=1', 'resize_step = 32', 'dynamic_minibatch=1'])
    t.match(planDarknet(cfg.replace('width=8', `width=8\n${mark}`)).notes, [stretched], mark);
  t.match(planDarknet(cfg.replace('leaky', 'mish')).notes, [stretched], 'an activation of the fork');
  t.same(planDarknet(cfg).notes, [], "pjreddie's darknet letterboxes");
  const told = cfg.replace('width=8', 'width=8\nletter_box=1').replace('leaky', 'mish');
  t.same(planDarknet(told).notes, [], 'nothing to say where the cfg says it');
  t.end();
});

t.test('a cfg that contradicts itself is refused with the place', (t) => {
  const refused: [string, string, RegExp][] = [
    ['wrong-file', 'hello', /line 1/],
    ['wrong-file', '', /empty/],
    ['bad-cfg', '[convolutional]\nfilters=1', /starts with \[convolutional\]/],
    ['bad-cfg', `${cfg}[net]\n`, /second \[net\] at line/],
    ['bad-cfg', cfg.replace('[yolo]', '[yolo'), /line 15/],
    ['bad-cfg', cfg.replace('size=3', 'size=three'), /layer 0 \[convolutional\]: size=three/],
    ['bad-cfg', cfg.replace('size=3', 'size=3\nsize=5'), /size appears twice, as 3 and as 5/],
    ['unsupported', cfg.replace('=leaky', '=leaky # old'), /activation=leaky#old/],
    [
      'bad-cfg',
      cfg.replace('classes=1', 'classes=3'),
      /layer 2 \[yolo\]: 1 anchors and 3 classes need 8 channels = 1 × \(5 \+ 3\), the layer before has 6/,
    ],
    ['bad-cfg', cfg.replace('mask=0', 'mask=1'), /anchor 1, anchors= holds 1/],
    ['bad-cfg', cfg.replace('anchors=10,10', 'anchors=10,10,3'), /3 numbers/],
    ['bad-cfg', cfg.replace('width=8', 'width=0'), /not a valid input/],
    ['bad-cfg', cfg.replace('pad=1', 'pad=0').replace('size=3', 'size=9'), /nothing is left/],
  ];
  for (const [code, text, message] of refused)
    t.match(
      problem(() => planDarknet(text)),
      { code, message },
    );
  t.end();
});
