import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { modelCommand } from '../../src/cli/model/command.js';
import type { ModelSpec } from '../../src/detector/index.js';
import { OnnxGraph } from '../../src/weights/onnx/graph.js';
import { writeTinyModel } from '../engine/tinyModel.js';
import { dicomFilm } from '../imaging/dicomFiles.js';
import { largestDifference } from '../weights/onnxRun.js';
import { fixtures, readReference, referenceFile, storedFloats } from '../weights/references.js';
import { type Outcome, outcomeOf } from './runCommand.js';

const folder = t.testdir();
const models = join(folder, 'models');
const network = 'yoloface-50k';
const file = (suffix: string) => join(folder, `${network}.${suffix}`);

const cli = (...args: string[]) => outcomeOf(modelCommand(), args);

/** The whole program, as a process of its own. */
function program(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js'), ['model', ...args], {
      silent: true,
    });
    const outcome = { code: null as number | null, out: '', err: '' };
    child.stdout?.on('data', (data: Buffer) => (outcome.out += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (outcome.err += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ ...outcome, code });
    });
  });
}

async function readFloats(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const importArgs = (...more: string[]) => [
  'import',
  '--name',
  'face',
  '--classes',
  file('names'),
  '--cfg',
  file('cfg'),
  '--weights',
  file('weights'),
  '--out',
  models,
  ...more,
];

t.before(async () => {
  for (const suffix of ['cfg', 'names', 'weights'])
    await writeFile(file(suffix), referenceFile(fixtures, `${network}/${network}.${suffix}`)!);
});

t.test('a network is imported, listed, checked, and gives the heads of its reference', async (t) => {
  const imported = await cli(...importArgs());
  t.match(imported, { code: 0, out: /24 of them convolutions/ });
  t.match(imported.out, /parameters +0\.01\d million/);
  t.same((await readdir(models)).sort(), ['face'], 'nothing half-written is left beside');
  t.same((await readdir(join(models, 'face'))).sort(), ['model.json', 'model.onnx']);

  t.match(await cli('list', '--models', models), { code: 0, out: /face +1\.0\.0 +56 × 56/ });
  t.match(JSON.parse((await cli('check', '--models', models, '--json')).out), [{ name: 'face', ok: true }]);

  const reference = readReference(fixtures, network);
  const input = storedFloats(fixtures, reference.raw.input);
  await writeFile(join(folder, 'input.f32'), Buffer.from(input.buffer));
  const out = join(folder, 'heads');
  t.match(
    await cli('heads', '--model', 'face', '--models', models, '--input', join(folder, 'input.f32'), '--out', out),
    { code: 0, out: /head0\.f32 1 × 18 × 7 × 7/, err: '' },
  );
  t.same(JSON.parse(await readFile(join(out, 'shapes.json'), 'utf8')), { head0: [1, 18, 7, 7] });
  const served = await readFloats(join(out, 'head0.f32'));
  t.ok(largestDifference(served, storedFloats(fixtures, reference.raw.heads[0]!)) < 1e-4);

  await writeFile(join(folder, 'short.f32'), Buffer.alloc(12));
  t.match(
    await cli('heads', '--model', 'face', '--models', models, '--input', join(folder, 'short.f32'), '--out', out),
    { code: 2, err: /12 bytes.*37632 = 4 × 3 × 56 × 56/ },
  );
});

t.test('another model of the name is not replaced unasked, and what lies beside is kept', async (t) => {
  await writeFile(join(models, 'face', 'CARD.md'), 'a card');
  const before = await readFile(join(models, 'face', 'model.json'), 'utf8');
  t.match(await cli(...importArgs()), { code: 0, out: /unchanged/ });
  const options = [
    '--precision',
    'fp16',
    '--window',
    '1,99',
    '--fill',
    '0',
    '--title',
    'Face=A face',
    '--threshold',
    '0.4',
    '--threshold-source',
    'chosen',
    '--input-gate',
    'frontal-chest',
    '--size',
    '64x48',
  ];
  t.match(await cli(...importArgs(...options)), { code: 2, err: /whole stride|already holds/ });
  const fitting = options.slice(0, -2);
  t.match(await cli(...importArgs(...fitting)), { code: 2, err: /already holds another model.*--force/ });
  t.equal(await readFile(join(models, 'face', 'model.json'), 'utf8'), before);
  const forced = await cli(...importArgs(...fitting, '--force', '--json'));
  t.match(forced, { code: 0, err: /CARD.md/ });
  const report = JSON.parse(forced.out) as { loss: { largestDifference: number } };
  t.match(report, {
    precision: 'fp16',
    spec: {
      window: { percentile: [1, 99] },
      input: { colour: 'grey' },
      fit: { fill: 0 },
      classes: [{ title: 'A face' }],
      threshold: { score: 0.4, source: 'chosen' },
      inputGate: { name: 'frontal-chest', version: /^\d/ },
    },
  });
  t.ok(report.loss.largestDifference > 0 && report.loss.largestDifference < 0.1, 'the measured loss is printed');
  t.same((await readdir(join(models, 'face'))).sort(), ['CARD.md', 'model.json', 'model.onnx']);
  t.same(await readdir(models), ['face']);

  // As a kill between the two renames leaves it.
  await rename(join(models, 'face'), join(models, '.face-00000000-0000-4000-8000-000000000000-old'));
  t.match(await cli(...importArgs(...fitting)), { code: 0, out: /unchanged/ });
  t.same((await readdir(join(models, 'face'))).sort(), ['CARD.md', 'model.json', 'model.onnx']);
});

t.test('a network with operators that the importers never write is run as it is', async (t) => {
  const foreign = join(folder, 'foreign');
  await cp(join(models, 'face'), join(foreign, 'face'), { recursive: true });
  const graph = new OnnxGraph('foreign');
  graph.node('MaxPool', ['images'], 'pooled', { kernel_shape: [8, 8], strides: [8, 8] });
  graph.node(
    'Concat',
    Array.from({ length: 6 }, () => 'pooled'),
    'joined',
    { axis: 1 },
  );
  graph.node('Abs', ['joined'], 'head0');
  const onnx = graph.encode([{ name: 'images', shape: [3, 56, 56] }], [{ name: 'head0', shape: [18, 7, 7] }], {});
  await writeFile(join(foreign, 'face', 'model.onnx'), onnx);
  const spec = JSON.parse(await readFile(join(foreign, 'face', 'model.json'), 'utf8')) as ModelSpec;
  const onnxSha256 = createHash('sha256').update(onnx).digest('hex');
  await writeFile(join(foreign, 'face', 'model.json'), JSON.stringify({ ...spec, onnxSha256 }));
  const out = join(folder, 'foreign-heads');
  t.match(
    await cli('heads', '--model', 'face', '--models', foreign, '--input', join(folder, 'input.f32'), '--out', out),
    { code: 0, err: '' },
  );
  const input = await readFloats(join(folder, 'input.f32'));
  const corner = Math.max(...Array.from({ length: 64 }, (_, i) => input[Math.floor(i / 8) * 56 + (i % 8)]!));
  t.equal((await readFloats(join(out, 'head0.f32')))[0], corner, 'the maximum of the first 8 × 8 pixels');
});

t.test("wrong use ends with 2, a file that can't be used with 1, and nothing is written", async (t) => {
  const lfs = join(folder, 'lfs.weights');
  await writeFile(lfs, 'version https://git-lfs.github.com/spec/v1\n');
  const elsewhere = join(folder, 'elsewhere');
  const from = (weights: string, ...more: string[]) => [
    'import',
    '--name',
    'x',
    '--classes',
    file('names'),
    '--cfg',
    file('cfg'),
    '--weights',
    weights,
    '--out',
    elsewhere,
    ...more,
  ];
  const [broken, wrong] = await Promise.all([
    program(...from(lfs)),
    program(...from(file('weights'), '--attributes', 'typical')),
  ]);
  t.match(broken, { code: 1, out: '', err: /^the weights file is a git-LFS pointer/ });
  t.match(wrong, { code: 2, out: '', err: /no class "typical"/ });
  t.match(await cli(...from(join(folder, 'none.weights'))), { code: 2, err: /--weights: ENOENT/ });
  t.match(await cli(...from(file('weights'), '--h5', lfs)), { code: 2, err: /either --cfg and --weights/ });
  t.match(await cli(...from(file('weights'), '--name', '../x')), { code: 2, err: /\/name/ });
  t.match(await cli(...from(file('weights'), '--window', '99,1')), { code: 2, err: /percentiles/ });
  t.match(await cli(...from(file('weights'), '--input-gate', 'hand')), {
    code: 2,
    err: /none, or one of frontal-chest/,
  });
  await t.rejects(readdir(elsewhere), { code: 'ENOENT' });
});

t.test('a model whose file was swapped or cut is named, and the others are checked all the same', async (t) => {
  const spoilt = join(folder, 'spoilt');
  await mkdir(spoilt);
  for (const name of ['cut', 'face', 'swapped'])
    await cp(join(models, 'face'), join(spoilt, name), { recursive: true });
  for (const name of ['cut', 'swapped']) {
    const spec = await readFile(join(spoilt, name, 'model.json'), 'utf8');
    await writeFile(join(spoilt, name, 'model.json'), spec.replace('"face"', `"${name}"`));
  }
  await writeFile(
    join(spoilt, 'cut', 'model.onnx'),
    (await readFile(join(spoilt, 'cut', 'model.onnx'))).subarray(0, 1000),
  );
  const swapped = JSON.parse(await readFile(join(spoilt, 'swapped', 'model.json'), 'utf8')) as {
    heads: { tensor: string }[];
  };
  swapped.heads[0]!.tensor = 'head7';
  await writeFile(join(spoilt, 'swapped', 'model.json'), JSON.stringify(swapped));
  const outcome = await cli('check', '--models', spoilt, '--json');
  t.equal(outcome.code, 1);
  t.match(JSON.parse(outcome.out), [
    { name: 'cut', ok: false, problem: /onnxSha256/ },
    { name: 'face', ok: true, problem: null },
    { name: 'swapped', ok: false, problem: /head7/ },
  ]);
  await rm(join(spoilt, 'face'), { recursive: true });
  t.match(await cli('list', '--models', join(folder, 'nowhere')), { code: 2, err: /no models folder/ });
});

t.test('a model that says something else of its self-test film than it said is named', async (t) => {
  const tested = join(folder, 'tested');
  const tiny = await writeTinyModel(tested);
  const film = join(folder, 'film.png');
  // Bright in the upper left quarter of 64 × 64: one box of 32 × 32 there.
  const bright = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#000' } })
    .composite([{ input: bright, left: 0, top: 0 }])
    .greyscale()
    .png()
    .toFile(film);
  t.match(await cli('self-test', '--model', 'tiny', '--models', tested, '--film', film), {
    code: 0,
    out: /tiny says findings, 1 boxes/,
  });
  const dicom = join(folder, 'film.dcm');
  await writeFile(dicom, dicomFilm({ width: 64, height: 64, samples: new Uint8Array(64 * 64) }));
  t.match(await cli('self-test', '--model', 'tiny', '--models', tested, '--film', dicom), {
    code: 2,
    err: /film\.dcm is no PNG/,
  });
  const answerFile = join(tiny, 'self-test.json');
  const answer = JSON.parse(await readFile(answerFile, 'utf8')) as {
    filmScore: number;
    detections: { score: number; box: { x: number } }[];
  };
  t.match(answer, { state: 'findings', detections: [{ class: 'bright', box: { x: 0, y: 0, width: 32, height: 32 } }] });
  t.match(JSON.parse((await cli('check', '--models', tested, '--json')).out), [{ name: 'tiny', ok: true }]);
  const problemWith = async (changed: object): Promise<string> => {
    await writeFile(answerFile, JSON.stringify({ ...answer, ...changed }));
    const { code, out } = await cli('check', '--models', tested, '--json');
    t.equal(code, 1);
    return (JSON.parse(out) as { problem: string }[])[0]?.problem ?? '';
  };
  const [box] = answer.detections;
  t.match(await problemWith({ filmScore: answer.filmScore - 0.05 }), /self-test.png: findings, film score 0\.9/);
  t.match(
    await problemWith({ detections: [{ ...box, box: { ...box?.box, x: 4 } }] }),
    /the box with score 0\.9\d+ in self-test.json is missing/,
  );
  t.match(await problemWith({ detections: [] }), /boxes that are not in self-test.json: 1/);
  t.match(await problemWith({ detections: 'none' }), /self-test.json is not what `model self-test` wrote/);
  await rm(join(tiny, 'self-test.png'));
  t.match(await problemWith({}), /self-test.png/, 'and the other models would be checked all the same');
});

t.test('a reader that leaves early ends the program without a stack trace', async (t) => {
  const child = fork(
    join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js'),
    ['model', 'list', '--json', '--models', models],
    { silent: true },
  );
  child.stdout?.destroy();
  let err = '';
  child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  t.equal(code, 1, 'not all was done');
  t.notMatch(err, /EPIPE| at /);
});
