import { messageOf } from '../../children/index.js';
import type { ModelSpec } from '../../detector/index.js';
import { takesBatches } from '../batch.js';
import type { RunnerModel, RunnerStart } from '../messages.js';
import { naming, readVerified } from './modelFile.js';
import { assertFits, headsOfFilm, type Network, type OpenNetwork } from './network.js';
import { opensWhenRun } from './opensWhenRun.js';

type Runnable = Pick<Network, 'run' | 'close'>;

export interface OpenedModel {
  readonly spec: ModelSpec;
  readonly network: Runnable;
  /** The same network on all threads, for a film that is alone; null if there is none. */
  readonly wide: Runnable | null;
}

interface ModelFile {
  readonly model: RunnerModel;
  readonly onnx: Uint8Array;
}

/** Opens every model on one provider. If one fails, those already opened are closed again. */
export async function openOnProvider(
  files: readonly ModelFile[],
  provider: string,
  shares: Pick<RunnerStart, 'threads' | 'wideThreads'>,
  open: OpenNetwork,
): Promise<Map<string, OpenedModel>> {
  const models = new Map<string, OpenedModel>();
  const batches = takesBatches(provider);
  const threads = batches ? (shares.wideThreads ?? shares.threads) : shares.threads;
  const wideThreads = batches ? null : shares.wideThreads;
  const opened: Network[] = [];
  const warm = async (file: ModelFile, threads: number): Promise<Network> => {
    const network = await openFitting(file, { provider, threads }, open);
    opened.push(network);
    await naming(file.model.spec, () => warmUp(network, file.model.spec));
    return network;
  };
  const later = ({ model }: ModelFile, threads: number): Runnable =>
    opensWhenRun(async () => openFitting({ model, onnx: await readVerified(model) }, { provider, threads }, open));

  try {
    for (const file of files) {
      const { spec, seldom } = file.model;
      const network = await warm(file, threads);
      const closes = seldom && !batches;
      if (closes) await opened.pop()?.close();
      const next = closes ? later : warm;
      const wide = wideThreads === null ? null : await next(file, wideThreads);
      models.set(spec.name, { spec, network: closes ? later(file, threads) : network, wide });
    }
    return models;
  } catch (error) {
    await Promise.allSettled(opened.map((network) => network.close()));
    throw error;
  }
}

async function openFitting(
  { model: { spec }, onnx }: ModelFile,
  options: Parameters<OpenNetwork>[1],
  open: OpenNetwork,
): Promise<Network> {
  const network = await open(onnx, options).catch((cause: unknown) => {
    throw new Error(`model ${spec.name}: ${messageOf(cause)}`, { cause });
  });
  try {
    await naming(spec, () => {
      assertFits(network, spec);
    });
  } catch (error) {
    await network.close();
    throw error;
  }
  return network;
}

async function warmUp(network: Network, spec: ModelSpec): Promise<void> {
  const { channels, height, width } = spec.input;
  const outputs = await network.run(new Float32Array(channels * height * width), [1, channels, height, width]);
  headsOfFilm(outputs, spec, 0, 1);
}
