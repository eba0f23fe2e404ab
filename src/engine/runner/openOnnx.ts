import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import { messageOf } from '../../children/index.js';
import { missingCudaLibraries, notInstalled, providerFolder, sayMissing } from '../cudaLibraries.js';
import type { NetworkOutput, OpenNetwork, TensorFacts } from './network.js';

/** Opens an ONNX file (its bytes) with onnxruntime. */
export const openOnnx: OpenNetwork = async (onnx, { provider, threads }) => {
  // onnxruntime ignores an unknown name but for a line on stderr and runs on the CPU: reports would name a provider
  // that never ran.
  const known = listSupportedBackends().map(({ name }) => name);
  if (!known.includes(provider)) throw new Error(`onnxruntime-node knows ${known.join(', ')} here`);
  assertInstalled(provider);
  const session = await InferenceSession.create(onnx, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // The memory plan of a run takes 25 MB a session beside the arena, and measurably saves no time.
    enableMemPattern: false,
    logSeverityLevel: 3,
    // A thread that spins while it waits takes the core that a decoder needs: 5 % faster for a single client, but a
    // fifth fewer films a second for sixteen (two cores, npm run bench).
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((cause: unknown) => {
    throw new Error(reasonOf(cause), { cause });
  });
  const [inputName = ''] = session.inputNames;
  return {
    inputs: session.inputMetadata.map(factsOf),
    outputs: session.outputMetadata.map(factsOf),
    async run(tensor, dims) {
      const results = await session.run({ [inputName]: new Tensor('float32', tensor, dims) });
      return new Map(Object.entries(results).map(([name, value]) => [name, outputOf(name, value)]));
    },
    close: () => session.release(),
  };
};

/**
 * The package includes the CPU provider; an operator installs others next to its binding. If one is missing, or a
 * library that it needs, onnxruntime says so only on stderr, and its error doesn't name the library.
 */
function assertInstalled(provider: string): void {
  if (process.platform !== 'linux' || (provider !== 'cuda' && provider !== 'tensorrt')) return;
  const library = `libonnxruntime_providers_${provider}.so`;
  const folder = providerFolder();
  if (existsSync(folder) && !existsSync(join(folder, library)))
    throw new Error(`${library} ${notInstalled} (see docs/operations.md)`);
  const missing = missingCudaLibraries(process.env);
  if (missing.length > 0) throw new Error(`libraries are missing: ${sayMissing(missing)}`);
}

/** Extracts the one useful line from onnxruntime's file names and C++ signatures. */
function reasonOf(cause: unknown): string {
  const message = messageOf(cause);
  const [, failure, expression = ''] = /(CUDA failure \d+: .*?) ; .*?expr=([^;]*?)\(/s.exec(message) ?? [];
  return failure === undefined ? message : `${failure} (${expression})`;
}

function factsOf(metadata: InferenceSession.ValueMetadata): TensorFacts {
  if (!metadata.isTensor) return { name: metadata.name, type: 'no tensor', shape: [] };
  return { name: metadata.name, type: metadata.type, shape: metadata.shape };
}

function outputOf(name: string, { data, dims }: Tensor): NetworkOutput {
  if (!(data instanceof Float32Array)) throw new Error(`the output "${name}" is not float32`);
  return { data, dims };
}
