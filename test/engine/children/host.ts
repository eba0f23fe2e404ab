import { readFileSync } from 'node:fs';
import { startEngine } from '../../../src/engine/index.js';
import { loadRegistry } from '../../../src/registry/index.js';

/**
 * A process that serves, and does nothing else: says which processes it started and which native libraries it loaded.
 */
const { models } = await loadRegistry({ modelsDir: process.argv[2] ?? '' });
const quiet = () => undefined;
const engine = await startEngine({
  models,
  executionProviders: ['cpu'],
  maxFilms: 1,
  maxBytes: 1,
  deadlineMs: 1000,
  maxPixels: 1,
  decoders: 1,
  threads: 1,
  logger: { info: quiet, warn: quiet, error: quiet },
});
const { decoderPids, runnerPids } = engine.status().children;
const libraries = (pid: number | string) => [
  ...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/lib(?:vips|onnxruntime)/g)),
];
const loaded = {
  pids: [...decoderPids, ...runnerPids],
  own: libraries('self'),
  decoder: libraries(decoderPids[0] ?? 0),
  runner: libraries(runnerPids[0] ?? 0),
};
process.stdout.write(`${JSON.stringify(loaded)}\n`);
