import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Runs an ONNX file with one input of the given shape; outputs in the order of the file. */
export async function runOnnx(
  onnx: Uint8Array,
  input: Float32Array,
  dims: readonly number[],
): Promise<{ dims: readonly number[]; values: Float32Array }[]> {
  const session = await InferenceSession.create(onnx, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const outputs = await session.run({ images: new Tensor('float32', input, dims) });
    return session.outputNames.map((name) => {
      const output = outputs[name];
      if (!(output?.data instanceof Float32Array)) throw new Error(`${name} is not float32`);
      return { dims: output.dims, values: output.data };
    });
  } finally {
    await session.release();
  }
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  // NaN must not pass for small.
  return a.reduce((largest, value, i) => {
    const difference = Math.abs(value - (b[i] ?? Number.NaN));
    return difference <= largest ? largest : difference;
  }, 0);
}
