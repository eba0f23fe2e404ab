import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { ModelSpecError } from '../../src/detector/index.js';
import { canonicalJson, loadModel, loadRegistry, RegistryError } from '../../src/registry/index.js';
import { tinyOnnx, tinySpec, writeTinyModel } from '../engine/tinyModel.js';

t.test('a model folder becomes a model with its hashes and its card', async (t) => {
  const folder = await writeTinyModel(t.testdir());
  await writeFile(join(folder, 'CARD.md'), '# Tiny\n');
  const model = await loadModel(folder);
  t.equal(model.spec.name, 'tiny');
  t.equal(model.card, '# Tiny\n');
  t.equal(model.onnxPath, join(folder, 'model.onnx'));
  t.same(JSON.parse(model.specText), model.spec);
  t.equal(model.specSha256, createHash('sha256').update(model.specText).digest('hex'));
});

t.test('the hash of a spec does not hang on how its file is written', async (t) => {
  const folder = await writeTinyModel(t.testdir());
  const before = await loadModel(folder);
  const backwards = Object.fromEntries(Object.entries(before.spec).reverse());
  await writeFile(join(folder, 'model.json'), JSON.stringify(backwards));
  const after = await loadModel(folder);
  t.equal(after.specSha256, before.specSha256);
  await writeTinyModel(join(folder, '..'), { threshold: { score: 0.51, source: 'made up' } });
  t.not((await loadModel(folder)).specSha256, before.specSha256, 'another threshold is another spec');
});

t.test('canonical JSON sorts keys at every depth, keeps arrays, and reads back as what it was', (t) => {
  t.equal(canonicalJson({ b: [{ z: 1, a: 'ü' }, null], a: 0.1 }), '{"a":0.1,"b":[{"a":"ü","z":1},null]}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      const twin: unknown = JSON.parse(text);
      return canonicalJson(twin) === text && text.length === JSON.stringify(value).length;
    }),
    { seed: 3, numRuns: 300 },
  );
  t.end();
});

t.test('a model that is not what its spec says is refused, naming the field', async (t) => {
  const refused = async (folder: string, field: string) => {
    const error = await loadModel(folder).catch((e: unknown) => e);
    if (!(error instanceof RegistryError) || !(error.cause instanceof ModelSpecError))
      throw new Error(`not refused as it should be: ${String(error)}`);
    t.equal(error.cause.field, field);
    t.ok(error.message.includes(folder) && error.message.includes(field), error.message);
  };
  const dir = t.testdir();
  const fresh = async (name: string, changes = {}) => writeTinyModel(join(dir, name), changes);

  const cut = await fresh('cut');
  await truncate(join(cut, 'model.onnx'), 100);
  await refused(cut, '/onnxSha256');

  const swapped = await fresh('swapped');
  await writeFile(join(swapped, 'model.onnx'), tinyOnnx('other'));
  await refused(swapped, '/onnxSha256');

  const longer = await fresh('longer');
  await appendFile(join(longer, 'model.onnx'), 'x');
  await refused(longer, '/onnxSha256');

  await refused(await fresh('gate', { inputGate: { name: 'frontal-chest', version: '0.0.1' } }), '/inputGate');
  await refused(await fresh('range', { maxBatch: 0 }), '/maxBatch');

  const renamed = await fresh('renamed');
  await rename(renamed, join(dir, 'other'));
  await refused(join(dir, 'other'), '/name');
});

t.test('a model with a gate of this version is served', async (t) => {
  const inputGate = { name: 'frontal-chest', version: '1.0.0' };
  t.same((await loadModel(await writeTinyModel(t.testdir(), { inputGate }))).spec.inputGate, inputGate);
});

t.test('a folder that holds no model says what is missing', async (t) => {
  const dir = t.testdir();
  await t.rejects(loadModel(join(dir, 'nowhere')), { name: 'RegistryError', message: /no model\.json/ });
  const folder = await writeTinyModel(dir);
  await writeFile(join(folder, 'model.json'), '{ "name": ');
  await t.rejects(loadModel(folder), { name: 'RegistryError', message: /not JSON/ });
  await writeFile(join(folder, 'model.json'), Buffer.from('{ "classes": [{ "name": "M\xfcller" }] }', 'latin1'));
  await t.rejects(loadModel(folder), { name: 'RegistryError', message: /model\.json is not UTF-8 text/ });
  await writeFile(join(folder, 'model.json'), JSON.stringify(tinySpec(tinyOnnx())));
  await rename(join(folder, 'model.onnx'), join(folder, 'model.onnx.bak'));
  await t.rejects(loadModel(folder), { name: 'RegistryError', message: /model\.onnx can't be read/ });
});

t.test('a registry of one model needs no default, of several it does', async (t) => {
  const modelsDir = t.testdir();
  await t.rejects(loadRegistry({ modelsDir }), { name: 'RegistryError', message: /holds no model/ });
  await t.rejects(loadRegistry({ modelsDir: join(modelsDir, 'nowhere') }), {
    name: 'RegistryError',
    message: /can't be read/,
  });

  const tiny = await writeTinyModel(modelsDir);
  await mkdir(join(modelsDir, 'notes'));
  await writeFile(join(modelsDir, 'README.md'), 'not a model');
  await cp(tiny, join(modelsDir, '.tiny.tmp'), { recursive: true });
  const one = await loadRegistry({ modelsDir });
  t.equal(one.defaultModel, 'tiny');
  t.same([...one.models.keys()], ['tiny']);
  await t.rejects(loadRegistry({ modelsDir, defaultModel: 'large' }), { message: /no model "large".*holds tiny/ });

  await writeTinyModel(modelsDir, { name: 'another' });
  await t.rejects(loadRegistry({ modelsDir }), { message: /several models \(another, tiny\).*MODEL/ });
  t.equal((await loadRegistry({ modelsDir, defaultModel: 'tiny' })).defaultModel, 'tiny');
  t.equal((await loadRegistry({ modelsDir, preferredModel: 'tiny' })).defaultModel, 'tiny');
  t.equal(
    (await loadRegistry({ modelsDir, defaultModel: 'another', preferredModel: 'tiny' })).defaultModel,
    'another',
    'what is asked for goes before what is preferred',
  );
  await t.rejects(
    loadRegistry({ modelsDir, preferredModel: 'large' }),
    { message: /several models/ },
    'a preferred model may be missing, a guess is not made',
  );

  await truncate(join(modelsDir, 'another', 'model.onnx'), 10);
  await t.rejects(
    loadRegistry({ modelsDir, defaultModel: 'tiny' }),
    { message: /onnxSha256/ },
    'one bad model is not left out in silence',
  );
});
