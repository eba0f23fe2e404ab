import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { readConfig } from '../../config.js';
import { fitToInput, type ModelSpec, type NetworkInput } from '../../detector/index.js';
import { cudaEnvironment } from '../../engine/cudaLibraries.js';
import { assertFits, type Network } from '../../engine/runner/network.js';
import { openOnnx } from '../../engine/runner/openOnnx.js';
import { decodeFilm } from '../../imaging/decodeFilm.js';
import { applyWindow } from '../../imaging/index.js';
import { loadRegistry, type RegisteredModel } from '../../registry/index.js';
import { messageOf } from '../../messageOf.js';
import { registryOptions } from '../../service.js';
import { findFilms } from '../detect/films.js';
import { exitCode, UsageError } from '../exit.js';
import { compareNetworks, type NetworkComparison, tolerance } from './compareNetworks.js';

/** As many films as the engine gives CUDA at once. */
const largestBatch = 8;

class CudaMissing extends Error {}

/**
 * `npm run check:cuda -- [FILM…]`: does CUDA give what the CPU gives, for every model and film (default: the films of
 * the repository, or the self-test films of the models)? Prints a report in Markdown. Exit 0: it does; 1: it does not;
 * 2: CUDA can't run here (the message names each missing library), and nothing was checked.
 */
const environment = { ...process.env, ...cudaEnvironment(process.env) };
try {
  process.exitCode =
    environment.LD_LIBRARY_PATH === process.env['LD_LIBRARY_PATH']
      ? await check(process.argv.slice(2))
      : restarted(environment);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode =
    error instanceof CudaMissing || error instanceof UsageError ? exitCode.wrongUse : exitCode.someFailed;
}

/** Runs this again in a process that finds the installed libraries from its start. */
function restarted(env: NodeJS.ProcessEnv): number {
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env,
    stdio: 'inherit',
  });
  return status ?? exitCode.someFailed;
}

async function check(paths: readonly string[]): Promise<number> {
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  const { models } = await loadRegistry(registryOptions(config));
  const { films } = await findFilms(paths.length === 0 ? ownFilms(models) : paths);
  if (films.length === 0) throw new UsageError('There is no film to check with: name films or folders.');
  const lines: string[] = [];
  let agrees = true;
  for (const model of models.values()) {
    const cuda = await openCuda(model);
    const cpu = await open(model, 'cpu');
    const inputs = await Promise.all(films.map(({ path }) => inputOf(path, model.spec)));
    const comparison = await compareNetworks(cpu, cuda, model.spec, inputs, largestBatch);
    agrees &&= comparison.agrees;
    lines.push(...linesOf(model.spec, comparison));
  }
  process.stdout.write(
    [
      `# CUDA against CPU`,
      '',
      `${gpuName()}; ${processorName()}; Node ${process.versions.node}; ${new Date().toISOString().slice(0, 10)}`,
      '',
      ...lines,
    ].join('\n'),
  );
  return agrees ? exitCode.fine : exitCode.someFailed;
}

function linesOf({ name, version }: ModelSpec, comparison: NetworkComparison): string[] {
  const { boxes, heads, inputs, batch, cpuMs, ms, batchMs, agrees } = comparison;
  const differences = heads.map(({ tensor, largestDifference, meanDifference }) => {
    const [largest, mean] = [largestDifference.toExponential(2), meanDifference.toExponential(2)];
    return `- ${tensor}: largest difference ${largest}, mean ${mean}`;
  });
  const [score, overlap] = [boxes.largestScoreDifference.toFixed(6), boxes.smallestIou.toFixed(4)];
  const times = [cpuMs, ms, batchMs].map((time) => `${time.toFixed(1)} ms`);
  const margins = `scores within ${tolerance.score}, IoU at least ${tolerance.iou}, no box missing`;
  return [
    `## ${name} ${version}`,
    '',
    `${inputs} films, alone and in batches of ${batch}.`,
    '',
    ...differences,
    `- ${boxes.compared} boxes above the floor, ${boxes.unmatched} without a twin`,
    `- largest score difference ${score}, smallest IoU ${overlap}`,
    `- a film alone ${times[0]} on the CPU, ${times[1]} on CUDA, ${times[2]} in a batch`,
    `- ${agrees ? 'agrees' : '**does not agree**'} (${margins})`,
    '',
  ];
}

/** A container image has no example films, but has each model's self-test. */
function ownFilms(models: ReadonlyMap<string, RegisteredModel>): string[] {
  if (existsSync('annotations/films')) return ['annotations/films'];
  return [...models.values()]
    .map(({ onnxPath }) => join(dirname(onnxPath), 'self-test.png'))
    .filter((path) => existsSync(path));
}

async function openCuda(model: RegisteredModel): Promise<Network> {
  try {
    return await open(model, 'cuda');
  } catch (cause) {
    throw new CudaMissing(`CUDA doesn't run on this machine; nothing was checked: ${messageOf(cause)}`, { cause });
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

function processorName(): string {
  return `${cpus()[0]?.model ?? ''}, ${availableParallelism()} threads`;
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
