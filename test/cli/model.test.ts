import { fork } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import t from 'tap';
import { UsageError } from '../../src/cli/exit.js';
import { modelCommand } from '../../src/cli/model.js';
import { largestDifference } from '../weights/onnxRun.js';
import { fixtures, readReference, referenceFile, storedFloats } from '../weights/references.js';

const folder = t.testdir();
const models = join(folder, 'models');
const network = 'yoloface-50k';
const file = (suffix: string) => join(folder, `${network}.${suffix}`);

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process: starting the whole program anew for each costs seconds. Errors and exit code as main.ts turns them. */
async function cli(...args: string[]): Promise<Outcome> {
  const outcome = { code: 0 as number | null, out: '', err: '' };
  const written = { out: process.stdout.write.bind(process.stdout), err: process.stderr.write.bind(process.stderr) };
  process.stdout.write = (text: string | Uint8Array) => ((outcome.out += String(text)), true);
  process.stderr.write = (text: string | Uint8Array) => ((outcome.err += String(text)), true);
  try {
    const command = modelCommand();
    for (const each of [command, ...command.commands]) each.exitOverride();
    await command.parseAsync(args, { from: 'user' });
    outcome.code = typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    outcome.code = error instanceof CommanderError || error instanceof UsageError ? 2 : 1;
    if (!(error instanceof CommanderError)) outcome.err += String(error);
  } finally {
    process.stdout.write = written.out;
    process.stderr.write = written.err;
    process.exitCode = undefined;
  }
  return outcome;
}

/** The whole program, as a process of its own. */
function program(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js'), ['model', ...args], { silent: true });
    const outcome = { code: null as number | null, out: '', err: '' };
    child.stdout?.on('data', (data: Buffer) => (outcome.out += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (outcome.err += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ ...outcome, code });
    });
  });
}

const importArgs = (...more: string[]) => ['import', '--name', 'face', '--classes', file('names'), '--cfg', file('cfg'), '--weights', file('weights'), '--out', models, ...more];

t.before(async () => {
  for (const suffix of ['cfg', 'names', 'weights']) await writeFile(file(suffix), referenceFile(fixtures, `${network}/${network}.${suffix}`)!);
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
  t.match(await cli('heads', '--model', 'face', '--models', models, '--input', join(folder, 'input.f32'), '--out', out), { code: 0 });
  t.same(JSON.parse(await readFile(join(out, 'shapes.json'), 'utf8')), { head0: [1, 18, 7, 7] });
  const head = await readFile(join(out, 'head0.f32'));
  const found = new Float32Array(head.buffer.slice(head.byteOffset, head.byteOffset + head.byteLength));
  t.ok(largestDifference(found, storedFloats(fixtures, reference.raw.heads[0]!)) < 1e-3);

  await writeFile(join(folder, 'short.f32'), Buffer.alloc(12));
  t.match(await cli('heads', '--model', 'face', '--models', models, '--input', join(folder, 'short.f32'), '--out', out), { code: 2, err: /12 bytes.*37632 = 4 × 3 × 56 × 56/ });
});

t.test('another model of the name is not replaced unasked, and what lies beside is kept', async (t) => {
  await writeFile(join(models, 'face', 'CARD.md'), 'a card');
  const before = await readFile(join(models, 'face', 'model.json'), 'utf8');
  t.match(await cli(...importArgs()), { code: 0, out: /unchanged/ });
  const options = ['--precision', 'fp16', '--window', '1,99', '--fill', '0', '--title', 'Face=A face', '--threshold', '0.4', '--threshold-source', 'chosen', '--size', '64x48'];
  t.match(await cli(...importArgs(...options)), { code: 2, err: /whole stride|already holds/ });
  const fitting = options.slice(0, -2);
  t.match(await cli(...importArgs(...fitting)), { code: 2, err: /already holds another model.*--force/ });
  t.equal(await readFile(join(models, 'face', 'model.json'), 'utf8'), before);
  const forced = await cli(...importArgs(...fitting, '--force', '--json'));
  t.match(forced, { code: 0, err: /CARD.md/ });
  const report = JSON.parse(forced.out) as { loss: { largestDifference: number } };
  t.match(report, { precision: 'fp16', spec: { window: { percentile: [1, 99] }, input: { colour: 'grey' }, fit: { fill: 0 }, classes: [{ title: 'A face' }], threshold: { score: 0.4, source: 'chosen' } } });
  t.ok(report.loss.largestDifference > 0 && report.loss.largestDifference < 0.1, 'the measured loss is printed');
  t.same((await readdir(join(models, 'face'))).sort(), ['CARD.md', 'model.json', 'model.onnx']);
  t.same(await readdir(models), ['face']);
});

t.test('wrong use ends with 2, a file that can’t be used with 1, and nothing is written', async (t) => {
  const lfs = join(folder, 'lfs.weights');
  await writeFile(lfs, 'version https://git-lfs.github.com/spec/v1\n');
  const elsewhere = join(folder, 'elsewhere');
  const from = (weights: string, ...more: string[]) => ['import', '--name', 'x', '--classes', file('names'), '--cfg', file('cfg'), '--weights', weights, '--out', elsewhere, ...more];
  const [broken, wrong] = await Promise.all([program(...from(lfs)), program(...from(file('weights'), '--attributes', 'typical'))]);
  t.match(broken, { code: 1, out: '', err: /^the weights file is a git-LFS pointer/ });
  t.match(wrong, { code: 2, out: '', err: /no class "typical"/ });
  t.match(await cli(...from(join(folder, 'none.weights'))), { code: 2, err: /--weights: ENOENT/ });
  t.match(await cli(...from(file('weights'), '--h5', lfs)), { code: 2, err: /either --cfg and --weights/ });
  t.match(await cli(...from(file('weights'), '--name', '../x')), { code: 2, err: /\/name/ });
  t.match(await cli(...from(file('weights'), '--window', '99,1')), { code: 2, err: /percentiles/ });
  await t.rejects(readdir(elsewhere), { code: 'ENOENT' });
});

t.test('a model whose file was swapped or cut is named, and the others are checked all the same', async (t) => {
  const spoilt = join(folder, 'spoilt');
  await mkdir(spoilt);
  for (const name of ['cut', 'face', 'swapped']) await cp(join(models, 'face'), join(spoilt, name), { recursive: true });
  for (const name of ['cut', 'swapped']) {
    const spec = await readFile(join(spoilt, name, 'model.json'), 'utf8');
    await writeFile(join(spoilt, name, 'model.json'), spec.replace('"face"', `"${name}"`));
  }
  await writeFile(join(spoilt, 'cut', 'model.onnx'), (await readFile(join(spoilt, 'cut', 'model.onnx'))).subarray(0, 1000));
  const swapped = JSON.parse(await readFile(join(spoilt, 'swapped', 'model.json'), 'utf8')) as { heads: { tensor: string }[] };
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
