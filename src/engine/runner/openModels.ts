import { messageOf } from '../../children/index.js';
import type { RunnerModel } from '../messages.js';
import { readVerified, UnfitModel } from './modelFile.js';
import type { OpenNetwork } from './network.js';
import { type OpenedModel, openOnProvider } from './openOnProvider.js';

export interface OpenedModels {
  readonly provider: string;
  readonly models: ReadonlyMap<string, OpenedModel>;
  /** Requested providers that don't run, each with its reason. */
  readonly notes: readonly string[];
}

export interface OpenModelsOptions {
  readonly models: readonly RunnerModel[];
  /** Tried in this order; the first on which every model opens and runs is used for all of them. */
  readonly executionProviders: readonly string[];
  /** Any other provider than this one is fatal. */
  readonly requireProvider: string | null;
  readonly threads: number;
  /** Threads of a second session per model; null for none. A device that runs batches needs none. */
  readonly wideThreads: number | null;
}

/**
 * Loads every model on one execution provider, checks it against its spec and runs it once, so that the first film does
 * not pay for what onnxruntime defers to the first run. Seldom-used models are closed again, except on a device
 * that runs batches: it has memory of its own, and opening takes seconds there.
 *
 * @throws Error that names the model and the field of its spec; or, if no provider runs, each with its reason
 */
export async function openModels(options: OpenModelsOptions, open: OpenNetwork): Promise<OpenedModels> {
  const files = await Promise.all(options.models.map(async (model) => ({ model, onnx: await readVerified(model) })));
  const notes: string[] = [];
  for (const provider of candidates(options)) {
    try {
      return { provider, models: await openOnProvider(files, provider, options, open), notes };
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
