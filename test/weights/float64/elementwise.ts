import { UnsupportedOnnx } from './unsupportedOnnx.js';
import { product, type Tensor } from './tensor.js';

export function each(tensor: Tensor, formula: (x: number) => number): Tensor {
  const values = new Float64Array(tensor.values.length);
  for (let i = 0; i < values.length; i++) values[i] = formula(tensor.values[i]!);
  return { dims: tensor.dims, values };
}

/** 1 / (1 + e⁻ˣ) */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** ln(1 + eˣ), which is x + ln(1 + e⁻ˣ): so eˣ never overflows. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/**
 * Two tensors number by number, one repeated along the other where its dimension is 1 or missing
 * (https://onnx.ai/onnx/repo-docs/Broadcasting.html).
 */
export function pairwise(a: Tensor, b: Tensor, formula: (x: number, y: number) => number): Tensor {
  const dims = broadcastDims(a.dims, b.dims);
  const [stepsA, stepsB] = [stepsAlong(dims, a.dims), stepsAlong(dims, b.dims)];
  const values = new Float64Array(product(dims));
  const index = dims.map(() => 0);
  let i = 0;
  let k = 0;
  for (let to = 0; to < values.length; to++) {
    values[to] = formula(a.values[i]!, b.values[k]!);
    // The next index, like an odometer: the last axis that is not at its end turns on, those behind it start anew.
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      i += stepsA[axis]!;
      k += stepsB[axis]!;
      index[axis]!++;
      if (index[axis]! < dims[axis]!) break;
      i -= stepsA[axis]! * dims[axis]!;
      k -= stepsB[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return { dims, values };
}

function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [a[axis + a.length - rank] ?? 1, b[axis + b.length - rank] ?? 1];
    if (m !== n && m !== 1 && n !== 1)
      throw new UnsupportedOnnx(`combines tensors of ${a.join(' × ')} and ${b.join(' × ')}`);
    return m === 1 ? n : m;
  });
}

/** How far the next number along each axis of `dims` lies in a tensor of `own` dimensions: 0 where it is repeated. */
function stepsAlong(dims: readonly number[], own: readonly number[]): number[] {
  return dims.map((_, i) => {
    const axis = i + own.length - dims.length;
    return axis < 0 || own[axis] === 1 ? 0 : product(own.slice(axis + 1));
  });
}
