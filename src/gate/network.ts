import { side } from './cells.js';
import type { Thumbnail } from './thumbnail.js';

/** A convolution of 3 × 3 with stride 2 and one row of zeros around, then ReLU. */
interface Layer {
  readonly from: number;
  readonly to: number;
  /** `to · from · 3 · 3`. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** Convolutions that each halve the sides, then a weighted sum of all that is left. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly weights: Float32Array;
  readonly bias: number;
}

/** What training/gate/fit.py writes. */
export interface FittedNetwork {
  /** Output channels of each convolution. */
  readonly channels: readonly number[];
  /**
   * float32, little endian, base64: weights (out, in, row, column) and biases of each convolution, then those of the
   * last sum.
   */
  readonly parameters: string;
}

/**
 * Reads a fitted network.
 *
 * @throws Error if the number of values is not that of these channels.
 */
export function readNetwork({ channels, parameters }: FittedNetwork): Network {
  const bytes = Buffer.from(parameters, 'base64');
  const values = new Float32Array(bytes.length / 4).map((_, i) => bytes.readFloatLE(i * 4));
  let taken = 0;
  const take = (count: number) => values.subarray(taken, (taken += count));
  const layers = channels.map((to, i) => {
    const from = i === 0 ? 1 : channels[i - 1]!;
    return { from, to, weights: take(to * from * 9), biases: take(to) };
  });
  const weights = take((channels.at(-1) ?? 1) * (side >> channels.length) ** 2);
  const [bias] = take(1);
  if (bias === undefined || taken !== values.length)
    throw new Error(`the gate's network has ${values.length} values instead of ${taken}`);
  return { layers, weights, bias };
}

/** How much a thumbnail looks like what the network was taught, 0…1. */
export function score(network: Network, thumbnail: Thumbnail): number {
  let planes = thumbnail;
  network.layers.forEach((layer, i) => {
    planes = convolved(planes, side >> i, layer);
  });
  const logit = planes.reduce((sum, value, i) => sum + value * network.weights[i]!, network.bias);
  return 1 / (1 + Math.exp(-logit));
}

/** `from` planes of size · size → `to` planes of half the sides. */
function convolved(planes: Float32Array, size: number, { from, to, weights, biases }: Layer): Float32Array {
  const half = size / 2;
  const out = new Float32Array(to * half * half);
  const patch = new Float64Array(from * 9);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      gatherPatch(planes, size, 2 * y - 1, 2 * x - 1, patch);
      for (let o = 0; o < to; o++)
        out[(o * half + y) * half + x] = Math.max(0, biases[o]! + dot(weights, o * patch.length, patch));
    }
  }
  return out;
}

/** The 3 × 3 neighbourhood in every plane, its top left corner at (top, left); zeros beyond the top and left edges. */
function gatherPatch(planes: Float32Array, size: number, top: number, left: number, patch: Float64Array): void {
  let i = 0;
  for (let first = 0; i < patch.length; first += size * size) {
    for (let row = top; row < top + 3; row++) {
      for (let column = left; column < left + 3; column++, i++)
        patch[i] = row < 0 || column < 0 ? 0 : planes[first + row * size + column]!;
    }
  }
}

/** Four sums side by side, so that no addition waits for the one before it. */
function dot(weights: Float32Array, first: number, patch: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < patch.length; i += 4) {
    a += weights[first + i]! * patch[i]!;
    b += weights[first + i + 1]! * patch[i + 1]!;
    c += weights[first + i + 2]! * patch[i + 2]!;
    d += weights[first + i + 3]! * patch[i + 3]!;
  }
  for (; i < patch.length; i++) a += weights[first + i]! * patch[i]!;
  return a + b + (c + d);
}
