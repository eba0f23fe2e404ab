import { UnsupportedOnnx } from './unsupportedOnnx.js';
import { mapDims, type MapDims, type Tensor } from './tensor.js';
import { type Pair, type Sides, windowCounts } from './windows.js';

export interface ConvolutionOptions {
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Zeros above, left, below, right of the map. */
  readonly pads: Sides;
  readonly groups: number;
}

/** Outputs that are worked out at a time: their patches stay in the cache while every filter passes over them. */
const TILE = 32;

/**
 * https://onnx.ai/onnx/operators/onnx__Conv.html: each output is the sum over a patch of its group's input channels,
 * weighed by the filter, plus the bias. Patches are copied out into rows (im2col), so that what remains is one product
 * of matrices, filters × patches.
 *
 * @param kernel filters × channels of a group × rows × columns
 * @param bias one for each filter
 */
export function convolution(
  map: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  options: ConvolutionOptions,
): Tensor {
  const input = mapDims(map);
  const { batch: filters, channels, height: rows, width: columns } = mapDims(kernel);
  const { dilations, groups } = options;
  if (channels * groups !== input.channels || filters % groups !== 0)
    throw new UnsupportedOnnx(`holds Conv with ${groups} groups of ${channels} channels on a map of ${input.channels}`);
  const reach: Pair = [dilations[0] * (rows - 1) + 1, dilations[1] * (columns - 1) + 1];
  const [height, width] = windowCounts(input, reach, options);
  const plane = height * width;
  const values = new Float64Array(input.batch * filters * plane);

  const length = channels * rows * columns;
  const each = filters / groups;
  const patches = new Float64Array(TILE * length);
  const products = new Float64Array(each * TILE);
  const place = { ...options, input, channels, rows, columns, width };
  for (let film = 0; film < input.batch; film++) {
    for (let group = 0; group < groups; group++) {
      const weights = kernel.values.subarray(group * each * length, (group + 1) * each * length);
      for (let first = 0; first < plane; first += TILE) {
        const count = Math.min(TILE, plane - first);
        copyPatches(map.values, patches, {
          ...place,
          firstChannel: film * input.channels + group * channels,
          first,
          count,
        });
        multiply(weights, patches, length, products);
        for (let i = 0; i < each; i++) {
          const filter = group * each + i;
          const offset = (film * filters + filter) * plane + first;
          const shift = bias?.values[filter] ?? 0;
          for (let k = 0; k < count; k++) values[offset + k] = products[i * TILE + k]! + shift;
        }
      }
    }
  }
  return { dims: [input.batch, filters, height, width], values };
}

interface Patches extends ConvolutionOptions {
  readonly input: MapDims;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  /** Of the output. */
  readonly width: number;
  /** Counted over all films. */
  readonly firstChannel: number;
  readonly first: number;
  readonly count: number;
}

/** One row for the patch of each output from `first` on: channels × rows × columns, zeros beyond the map's edge. */
function copyPatches(
  map: Float64Array,
  patches: Float64Array,
  { input, channels, rows, columns, width, strides, dilations, pads, firstChannel, first, count }: Patches,
): void {
  const plane = input.height * input.width;
  let to = 0;
  for (let output = first; output < first + count; output++) {
    const top = Math.floor(output / width) * strides[0] - pads[0];
    const left = (output % width) * strides[1] - pads[1];
    for (let channel = 0; channel < channels; channel++) {
      const from = (firstChannel + channel) * plane;
      for (let row = 0; row < rows; row++) {
        const y = top + row * dilations[0];
        const within = y >= 0 && y < input.height;
        for (let column = 0; column < columns; column++) {
          const x = left + column * dilations[1];
          patches[to++] = within && x >= 0 && x < input.width ? map[from + y * input.width + x]! : 0;
        }
      }
    }
  }
}

/** Each row of `weights` times each of the TILE rows of `patches`, two by four at a time: fewer reads. */
function multiply(weights: Float64Array, patches: Float64Array, length: number, products: Float64Array): void {
  const rows = weights.length / length;
  for (let i = 0; i < rows; i += 2) {
    // Of an odd number of rows the last is worked out twice, to the same place.
    const j = Math.min(i + 1, rows - 1);
    const a = i * length;
    const b = j * length;
    for (let tile = 0; tile < TILE; tile += 4) {
      const p0 = tile * length;
      const p1 = p0 + length;
      const p2 = p1 + length;
      const p3 = p2 + length;
      let a0 = 0,
        a1 = 0,
        a2 = 0,
        a3 = 0,
        b0 = 0,
        b1 = 0,
        b2 = 0,
        b3 = 0;
      for (let k = 0; k < length; k++) {
        const wa = weights[a + k]!;
        const wb = weights[b + k]!;
        const v0 = patches[p0 + k]!;
        const v1 = patches[p1 + k]!;
        const v2 = patches[p2 + k]!;
        const v3 = patches[p3 + k]!;
        a0 += wa * v0;
        a1 += wa * v1;
        a2 += wa * v2;
        a3 += wa * v3;
        b0 += wb * v0;
        b1 += wb * v1;
        b2 += wb * v2;
        b3 += wb * v3;
      }
      const toA = i * TILE + tile;
      const toB = j * TILE + tile;
      products[toA] = a0;
      products[toA + 1] = a1;
      products[toA + 2] = a2;
      products[toA + 3] = a3;
      products[toB] = b0;
      products[toB + 1] = b1;
      products[toB + 2] = b2;
      products[toB + 3] = b3;
    }
  }
}
