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

/** Convolutions that halve the sides, and a weighted sum of all that is left. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Reads what training/gate/fit.py wrote. Throws where the number of values is not that of these channels. */
export function readNetwork({
  channels,
  parameters,
}: {
  readonly channels: readonly number[];
  readonly parameters: string;
}): Network {
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
  for (let o = 0; o < to; o++) {
    const plane = out.subarray(o * half * half, (o + 1) * half * half).fill(biases[o]!);
    for (let tap = 0; tap < from * 9; tap++)
      addTap(
        planes,
        Math.floor(tap / 9) * size * size,
        size,
        Math.floor((tap % 9) / 3),
        tap % 3,
        weights[o * from * 9 + tap]!,
        plane,
      );
    for (let i = 0; i < plane.length; i++) if (plane[i]! < 0) plane[i] = 0;
  }
  return out;
}

/** Adds one tap of the kernel, at (row, column), to a plane. */
function addTap(
  planes: Float32Array,
  first: number,
  size: number,
  row: number,
  column: number,
  weight: number,
  plane: Float32Array,
): void {
  const half = size / 2;
  // The zeros around the picture: only the tap at row or column 0 reaches them, for the first output.
  for (let y = row === 0 ? 1 : 0; y < half; y++) {
    const source = first + (2 * y + row - 1) * size + column - 1;
    for (let x = column === 0 ? 1 : 0; x < half; x++) plane[y * half + x]! += weight * planes[source + 2 * x]!;
  }
}
