import { side } from './cells.js';
import type { Thumbnail } from './thumbnail.js';

/** A 3 × 3 convolution with stride 2 and zero padding of 1, then ReLU. */
interface Layer {
  readonly from: number;
  readonly to: number;
  /** `to · from · 3 · 3`. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** Convolutions that each halve the sides, then a weighted sum of all remaining values. */
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
 * @throws Error if the number of values doesn't match the channels.
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

/** How much a thumbnail looks like what the network was trained to accept, 0…1. */
export function score(network: Network, thumbnail: Thumbnail): number {
  let planes = thumbnail;
  network.layers.forEach((layer, i) => {
    planes = convolved(planes, side >> i, layer);
  });
  const logit = planes.reduce((sum, value, i) => sum + value * network.weights[i]!, network.bias);
  return 1 / (1 + Math.exp(-logit));
}

/** `from` planes of size × size → `to` planes with half the sides. */
function convolved(planes: Float32Array, size: number, { from, to, weights, biases }: Layer): Float32Array {
  const area = (size / 2) ** 2;
  const framed = withZerosBefore(planes, size, from);
  const out = new Float32Array(to * area);
  const sums = new Float64Array(area);
  for (let o = 0; o < to; o++) {
    sums.fill(biases[o]!);
    for (let plane = 0; plane < from; plane++)
      addKernel(framed, size, plane, weights.subarray((o * from + plane) * 9, (o * from + plane + 1) * 9), sums);
    for (let i = 0; i < area; i++) out[o * area + i] = Math.max(0, sums[i]!);
  }
  return out;
}

/** The planes with a row of zeros above and a column of zeros on the left: no pixel needs an edge check then. */
function withZerosBefore(planes: Float32Array, size: number, count: number): Float32Array {
  const framed = new Float32Array(count * (size + 1) ** 2);
  for (let row = 0; row < count * size; row++) {
    const plane = Math.floor(row / size);
    framed.set(planes.subarray(row * size, (row + 1) * size), (row + plane + 1) * (size + 1) + 1);
  }
  return framed;
}

/** Adds one plane's contribution to one output plane; its nine weights stay in registers. */
function addKernel(framed: Float32Array, size: number, plane: number, weights: Float32Array, sums: Float64Array): void {
  const [a, b, c] = [weights[0]!, weights[1]!, weights[2]!];
  const [d, e, f] = [weights[3]!, weights[4]!, weights[5]!];
  const [g, h, k] = [weights[6]!, weights[7]!, weights[8]!];
  const width = size + 1;
  const half = size / 2;
  for (let y = 0, i = 0; y < half; y++) {
    let top = plane * width * width + 2 * y * width;
    for (let x = 0; x < half; x++, i++, top += 2) {
      const middle = top + width;
      const bottom = middle + width;
      sums[i]! +=
        framed[top]! * a +
        framed[top + 1]! * b +
        framed[top + 2]! * c +
        framed[middle]! * d +
        framed[middle + 1]! * e +
        framed[middle + 2]! * f +
        framed[bottom]! * g +
        framed[bottom + 1]! * h +
        framed[bottom + 2]! * k;
    }
  }
}
