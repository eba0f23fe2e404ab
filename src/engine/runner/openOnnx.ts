import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import type { NetworkOutput, OpenNetwork, TensorFacts } from './network.js';

/** Opens an ONNX file (its bytes) with onnxruntime. */
export const openOnnx: OpenNetwork = async (onnx, { provider, threads }) => {
  // onnxruntime drops an unknown name with a line on stderr and runs on the CPU: reports would name a provider that
  // never ran.
  const known = listSupportedBackends().map(({ name }) => name);
  if (!known.includes(provider)) throw new Error(`onnxruntime-node knows ${known.join(', ')} here`);
  assertInstalled(provider);
  const session = await InferenceSession.create(onnx, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // A thread that spins while it waits takes the core that a decoder needs: 5 % faster for a single client, but a
    // fifth fewer films a second for sixteen (two cores, npm run bench).
    extra: { session: { intra_op: { allow_spinning: '0' } } },
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
 * The package brings the CPU provider; others are libraries that an operator installs beside its binding. Asking
 * onnxruntime for a missing one gives the same answer, after red lines on stderr.
 */
function assertInstalled(provider: string): void {
  if (process.platform !== 'linux' || (provider !== 'cuda' && provider !== 'tensorrt')) return;
  const require = createRequire(import.meta.url);
  const folder = join(
    dirname(require.resolve('onnxruntime-node')),
    '..',
    'bin',
    'napi-v6',
    process.platform,
    process.arch,
  );
  const library = `libonnxruntime_providers_${provider}.so`;
  if (existsSync(folder) && !existsSync(join(folder, library)))
    throw new Error(`${library} is not installed (see docs/operations.md)`);
}

function factsOf(metadata: InferenceSession.ValueMetadata): TensorFacts {
  if (!metadata.isTensor) return { name: metadata.name, type: 'no tensor', shape: [] };
  return { name: metadata.name, type: metadata.type, shape: metadata.shape };
}

function outputOf(name: string, { data, dims }: Tensor): NetworkOutput {
  if (!(data instanceof Float32Array)) throw new Error(`the output "${name}" is not float32`);
  return { data, dims };
}
