import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../children/index.js';
import { type ModelSpec, ModelSpecError } from '../../detector/index.js';
import { assertOnnxHash } from '../../registry/index.js';
import { takesBatches } from '../batch.js';
import { assertFits, headsOfFilm, type Network, type OpenNetwork } from './network.js';

export interface OpenedModel {
  readonly spec: ModelSpec;
  readonly network: Network;
  /** The same network on all threads, for a film that is alone; null where there is none. */
  readonly wide: Network | null;
}

export interface OpenedModels {
  readonly provider: string;
  readonly models: ReadonlyMap<string, OpenedModel>;
  /** Providers that were asked for and do not run, with the reason. */
  readonly notes: readonly string[];
}

export interface OpenModelsOptions {
  readonly models: readonly { readonly spec: ModelSpec; readonly onnxPath: string }[];
  /** Tried in this order; the first on which every model opens and runs is used for all of them. */
  readonly executionProviders: readonly string[];
  /** Any other provider than this one is fatal. */
  readonly requireProvider: string | null;
  readonly threads: number;
  /** Of a second session for each model; null: none. A device that takes batches needs none. */
  readonly wideThreads: number | null;
}

/**
 * Loads every model on one execution provider, checks it against its spec and runs it once, so that the first film does
 * not pay for what onnxruntime defers to the first run.
 *
 * @throws Error that names the model and the field of its spec; or, if no provider runs, each with its reason
 */
export async function openModels(options: OpenModelsOptions, open: OpenNetwork): Promise<OpenedModels> {
  const files = await Promise.all(options.models.map(readVerified));
  const notes: string[] = [];
  for (const provider of candidates(options)) {
    try {
      return { provider, models: await openAll(files, provider, options, open), notes };
    } catch (error) {
      if (error instanceof UnfitModel) throw error;
      notes.push(`${provider}: ${messageOf(error)}`);
    }
  }
  throw new Error(whyNone(options, notes));
}

/** If one provider is required, only that one. */
function candidates({ executionProviders, requireProvider }: OpenModelsOptions): readonly string[] {
  return requireProvider === null ? executionProviders : executionProviders.filter((name) => name === requireProvider);
}

/** A spec that does not fit its network is wrong on every provider. */
class UnfitModel extends Error {
  constructor(name: string, cause: ModelSpecError) {
    super(`Model ${name}: ${cause.message}`, { cause });
  }
}

interface ModelFile {
  readonly spec: ModelSpec;
  readonly onnx: Uint8Array;
}

/** Hashes the very bytes that are loaded: the file may change between two reads. */
async function readVerified({ spec, onnxPath }: OpenModelsOptions['models'][number]): Promise<ModelFile> {
  const onnx = await readFile(onnxPath);
  return naming(spec, () => {
    assertOnnxHash(spec, createHash('sha256').update(onnx).digest('hex'));
    return Promise.resolve({ spec, onnx });
  });
}

async function openAll(
  files: readonly ModelFile[],
  provider: string,
  { threads, wideThreads }: Pick<OpenModelsOptions, 'threads' | 'wideThreads'>,
  open: OpenNetwork,
): Promise<Map<string, OpenedModel>> {
  const opened: Network[] = [];
  const openOne = async ({ spec, onnx }: ModelFile, threads: number): Promise<Network> => {
    const network = await open(onnx, { provider, threads }).catch((cause: unknown) => {
      throw new Error(`model ${spec.name}: ${messageOf(cause)}`, { cause });
    });
    opened.push(network);
    await naming(spec, async () => {
      assertFits(network, spec);
      await warmUp(network, spec);
    });
    return network;
  };
  const [threadsOfOne, widest] = takesBatches(provider) ? [wideThreads ?? threads, null] : [threads, wideThreads];
  const models = new Map<string, OpenedModel>();
  try {
    for (const file of files) {
      const network = await openOne(file, threadsOfOne);
      const wide = widest === null ? null : await openOne(file, widest);
      models.set(file.spec.name, { spec: file.spec, network, wide });
    }
    return models;
  } catch (error) {
    await Promise.allSettled(opened.map((network) => network.close()));
    throw error;
  }
}

async function warmUp(network: Network, spec: ModelSpec): Promise<void> {
  const { channels, height, width } = spec.input;
  const outputs = await network.run(new Float32Array(channels * height * width), [1, channels, height, width]);
  headsOfFilm(outputs, spec, 0, 1);
}

async function naming<T>(spec: ModelSpec, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof ModelSpecError) throw new UnfitModel(spec.name, error);
    throw error;
  }
}

function whyNone({ executionProviders, requireProvider }: OpenModelsOptions, notes: readonly string[]): string {
  const reasons = notes.join('; ');
  if (requireProvider === null) return `No execution provider runs (${reasons})`;
  if (notes.length === 0)
    return (
      `The execution provider ${requireProvider} is required, but not among those configured ` +
      `(${executionProviders.join(', ')})`
    );
  return (
    `The execution provider ${requireProvider} is required and does not run ` +
    `(${reasons}).${requireProvider === 'cuda' ? ` ${howToInstallCuda}` : ''}`
  );
}

const howToInstallCuda =
  'To install it on Linux x64 with an NVIDIA driver 580 or newer: `npm run cuda:install`, or without a network ' +
  '`npm run cuda:install -- --from FOLDER` (docs/operations.md).';
