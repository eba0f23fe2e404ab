import { ImportError } from './importError.js';
import type { Kernel } from './network.js';

/** A convolution as stored; the kernel is out × in/groups × size × size. */
export interface StoredConvolution {
  readonly kernel: Float32Array;
  /** Only without batch normalisation; with it, `norm.beta` is the bias. */
  readonly bias?: Float32Array;
  readonly norm?: BatchNorm;
}

export interface BatchNorm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** Depends on the source format: it is part of the function that was trained. */
  readonly epsilon: number;
}

/**
 * y = γ·(W∗x − μ)/√(σ² + ε) + β as one convolution: W′ = W·γ/√(σ² + ε), b′ = β − μ·γ/√(σ² + ε), computed in float64 and
 * rounded once. https://arxiv.org/abs/1502.03167
 */
export function foldBatchNorm({ kernel, bias, norm }: StoredConvolution): Kernel {
  if (norm === undefined) {
    if (bias === undefined) throw new Error('a convolution without batch normalisation has a bias');
    return { weights: kernel, bias };
  }
  const filters = norm.gamma.length;
  const perFilter = kernel.length / filters;
  const weights = new Float32Array(kernel.length);
  const folded = new Float32Array(filters);
  for (let filter = 0; filter < filters; filter++) {
    const factor = at(norm.gamma, filter) / Math.sqrt(at(norm.variance, filter) + norm.epsilon);
    folded[filter] = at(norm.beta, filter) - at(norm.mean, filter) * factor;
    for (let i = filter * perFilter; i < (filter + 1) * perFilter; i++) weights[i] = at(kernel, i) * factor;
  }
  return { weights, bias: folded };
}

/** @throws ImportError `bad-numbers` if a layer holds values that no trained network has */
export function assertNumbers(origin: string, { kernel, bias, norm }: StoredConvolution): void {
  const parts = { kernel, bias, beta: norm?.beta, gamma: norm?.gamma, mean: norm?.mean, variance: norm?.variance };
  for (const [what, values] of Object.entries(parts)) {
    const bad = values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
    if (bad >= 0)
      throw new ImportError(
        'bad-numbers',
        `${origin}: ${what}[${bad}] is ${String(values?.[bad])}; the training diverged, or the file is ` +
          'damaged or does not belong to this network',
      );
  }
  const negative = norm?.variance.findIndex((value) => value < 0) ?? -1;
  if (negative >= 0) {
    throw new ImportError(
      'bad-numbers',
      `${origin}: variance[${negative}] is ${String(norm?.variance[negative])}; the file is damaged or does ` +
        'not belong to this network',
    );
  }
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? Number.NaN;
}
