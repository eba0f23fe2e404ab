import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { readConfig } from '../../config.js';
import { fitToInput, type ModelSpec, type NetworkInput } from '../../detector/index.js';
import { assertFits, type Network } from '../../engine/runner/network.js';
import { openOnnx } from '../../engine/runner/openOnnx.js';
import { decodeFilm } from '../../imaging/decodeFilm.js';
import { applyWindow } from '../../imaging/index.js';
import { loadRegistry, type RegisteredModel } from '../../registry/index.js';
import { messageOf } from '../../messageOf.js';
import { registryOptions } from '../../service.js';
import { findFilms } from '../detect/films.js';
import { exitCode, UsageError } from '../exit.js';
import { compareNetworks, tolerance } from './compareNetworks.js';

/** As many films as the engine gives to CUDA at once. */
const largestBatch = 8;

class CudaMissing extends Error {}

/**
 * `npm run check:cuda -- [FILM…]`: does CUDA say what the CPU says, for every model and film (default: the films of the
 * repository)? Prints a report in Markdown. Exit 0: it does; 1: it does not; 2: CUDA can't run here, and nothing was checked.
 */
try {
  process.exitCode = await check(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode =
    error instanceof CudaMissing || error instanceof UsageError ? exitCode.wrongUse : exitCode.someFailed;
}

async function check(paths: readonly string[]): Promise<number> {
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  const { models } = await loadRegistry(registryOptions(config));
  const { films } = await findFilms(paths.length === 0 ? ['annotations/films'] : paths);
  if (films.length === 0) throw new UsageError('There is no film to check with.');
  const lines: string[] = [];
  let agrees = true;
  for (const model of models.values()) {
    const cuda = await openCuda(model);
    const cpu = await open(model, 'cpu');
    const inputs = await Promise.all(films.map(({ path }) => inputOf(path, model.spec)));
    const comparison = await compareNetworks(cpu, cuda, model.spec, inputs, largestBatch);
    agrees &&= comparison.agrees;
    const { boxes, heads, batch } = comparison;
    lines.push(
      `## ${model.spec.name} ${model.spec.version}`,
      '',
      `${comparison.inputs} films, alone and in batches of ${batch}.`,
      '',
      ...heads.map(
        ({ tensor, largestDifference, meanDifference }) =>
          `- ${tensor}: largest difference ${largestDifference.toExponential(2)}, mean ${meanDifference.toExponential(2)}`,
      ),
      `- ${boxes.compared} boxes above the floor, ${boxes.unmatched} without a twin, largest score difference ${boxes.largestScoreDifference.toFixed(6)}, smallest IoU ${boxes.smallestIou.toFixed(4)}`,
      `- a film alone ${comparison.cpuMs.toFixed(1)} ms on the CPU, ${comparison.ms.toFixed(1)} ms on CUDA, ${comparison.batchMs.toFixed(1)} ms in a batch`,
      `- ${comparison.agrees ? 'agrees' : '**does not agree**'} (scores within ${tolerance.score}, IoU at least ${tolerance.iou}, no box missing)`,
      '',
    );
  }
  process.stdout.write(
    [
      `# CUDA against CPU`,
      '',
      `${gpuName()}; ${cpus()[0]?.model ?? ''}, ${availableParallelism()} threads; Node ${process.versions.node}; ${new Date().toISOString().slice(0, 10)}`,
      '',
      ...lines,
    ].join('\n'),
  );
  return agrees ? exitCode.fine : exitCode.someFailed;
}

async function openCuda(model: RegisteredModel): Promise<Network> {
  try {
    return await open(model, 'cuda');
  } catch (cause) {
    throw new CudaMissing(`CUDA does not run on this machine, nothing was checked: ${messageOf(cause)}`, { cause });
  }
}

async function open({ spec, onnxPath }: RegisteredModel, provider: string): Promise<Network> {
  const network = await openOnnx(await readFile(onnxPath), { provider, threads: availableParallelism() });
  assertFits(network, spec);
  return network;
}

async function inputOf(path: string, spec: ModelSpec): Promise<NetworkInput> {
  const film = await decodeFilm(await readFile(path), { maxPixels: 100_000_000 });
  return fitToInput(applyWindow(film, spec).levels, spec);
}

function gpuName(): string {
  try {
    return execFileSync('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'], {
      encoding: 'utf8',
    })
      .trim()
      .replaceAll('\n', '; ');
  } catch {
    return 'unknown GPU (no nvidia-smi)';
  }
}
