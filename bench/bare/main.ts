import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { type Detection, detect, fitToInput, type ModelSpec, packTensor } from '../../src/detector/index.js';
import { headsOfFilm, type Network } from '../../src/engine/runner/network.js';
import { openOnnx } from '../../src/engine/runner/openOnnx.js';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { applyWindow, type Film } from '../../src/imaging/index.js';
import { loadModel } from '../../src/registry/index.js';
import type { BareReady, BareResult, BareRun, BareStart } from './messages.js';

// The whole way of a film in one process, as short as it can be written: no HTTP, no queue, no log.
let model: { readonly spec: ModelSpec; readonly network: Network } | undefined;

process.on('message', (message: BareStart | BareRun) => {
  void (message.kind === 'start' ? start(message) : run(message)).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));

async function start({ modelFolder, threads }: BareStart): Promise<BareReady> {
  const { spec, onnxPath } = await loadModel(modelFolder);
  const network = await openOnnx(await readFile(onnxPath), { provider: 'cpu', threads });
  model = { spec, network };
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

async function analyse(film: Film): Promise<Detection> {
  if (model === undefined) throw new Error('the bare process was not started');
  const { spec, network } = model;
  const input = fitToInput(applyWindow(film, spec).levels, spec);
  const { channels, height, width } = spec.input;
  const outputs = await network.run(packTensor([input], spec.input), [1, channels, height, width]);
  return detect(headsOfFilm(outputs, spec, 0, 1), spec, input.plan);
}
