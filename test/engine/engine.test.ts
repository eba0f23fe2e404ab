import sharp from 'sharp';
import t, { type Test } from 'tap';
import { type EngineOptions, startEngine } from '../../src/engine/index.js';
import { loadRegistry } from '../../src/registry/index.js';
import { logitOf, writeTinyModel } from './tinyModel.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function options(test: Test, changes: Partial<EngineOptions> = {}): Promise<EngineOptions> {
  const modelsDir = test.testdir();
  await writeTinyModel(modelsDir);
  const { models } = await loadRegistry({ modelsDir });
  return { models, executionProviders: ['cpu'], maxFilms: 64, maxBytes: 1e8, deadlineMs: 20_000, maxPixels: 1e7, decoders: 1, threads: 1, logger: silent, ...changes };
}

/** A film of one grey level. */
function film(level: number, { width = 64, height = 64 } = {}): Promise<Buffer> {
  return sharp(new Uint8Array(width * height).fill(level), { raw: { width, height, channels: 1 } }).toColourspace('b-w').png().toBuffer();
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

t.test('a film goes through both children and comes back as boxes', async (t) => {
  const engine = await startEngine(await options(t));
  t.teardown(() => engine.close());
  const analysis = await engine.analyse({ bytes: await film(204, { width: 128, height: 64 }), model: 'tiny' });
  console.error(JSON.stringify(analysis, null, 1), engine.status());
});
