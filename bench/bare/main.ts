import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Detection, detect, fitToInput, type ModelSpec, packTensor } from '../../src/detector/index.js';
import { judgeFilm } from '../../src/engine/decoder/judgeFilm.js';
import { headsOfFilm, type NetworkOutput } from '../../src/engine/runner/network.js';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { applyWindow, type Film } from '../../src/imaging/index.js';
import { loadModel } from '../../src/registry/index.js';
import type { BareReady, BareResult, BareRun, BareStart } from './messages.js';

// All that happens to a film, its gate included, in one process and as short as possible: no HTTP, no queue, no log.
let model: { readonly spec: ModelSpec; readonly session: InferenceSession } | undefined;

process.on('message', (message: BareStart | BareRun) => {
  void (message.kind === 'start' ? start(message) : run(message)).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));

async function start({ modelFolder, threads, spinning }: BareStart): Promise<BareReady> {
  const { spec, onnxPath } = await loadModel(modelFolder);
  const session = await InferenceSession.create(await readFile(onnxPath), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
  });
  model = { spec, session };
  return { provider: 'cpu' };
}

async function run({ films, seconds, ahead }: BareRun): Promise<BareResult> {
  const latenciesMs: number[] = [];
  const began = performance.now();
  const decoded = (i: number) => decodeFilm(films[i % films.length] ?? new Uint8Array(), { maxPixels: 100_000_000 });
  let next = ahead ? decoded(0) : undefined;
  for (let i = 0; performance.now() - began < seconds * 1000; i++) {
    const at = performance.now();
    const film = await (next ?? decoded(i));
    if (ahead) next = decoded(i + 1);
    await analyse(film);
    latenciesMs.push(performance.now() - at);
  }
  const elapsedMs = performance.now() - began;
  await next;
  return { latenciesMs, elapsedMs };
}

async function analyse(decoded: Film): Promise<Detection | undefined> {
  if (model === undefined) throw new Error('the bare process was not started');
  const { spec, session } = model;
  const { kind, film } = judgeFilm(decoded, spec);
  if (kind === 'refused') return undefined;
  const input = fitToInput(applyWindow(film, spec).levels, spec);
  const { channels, height, width } = spec.input;
  const results = await session.run({
    [spec.input.tensor]: new Tensor('float32', packTensor([input], spec.input), [1, channels, height, width]),
  });
  const outputs = new Map(Object.entries(results).map(([name, tensor]) => [name, outputOf(tensor)]));
  return detect(headsOfFilm(outputs, spec, 0, 1), spec, input.plan);
}

function outputOf({ data, dims }: Tensor): NetworkOutput {
  if (!(data instanceof Float32Array)) throw new Error('an output that is not float32');
  return { data, dims };
}
