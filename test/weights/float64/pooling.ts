import { mapDims, type Tensor } from './tensor.js';
import { type Pair, type Sides, windowCounts } from './windows.js';

export interface PoolOptions {
  readonly size: Pair;
  readonly strides: Pair;
  /** Beyond the map's edge lies −∞: above, left, below, right. */
  readonly pads: Sides;
}

/** https://onnx.ai/onnx/operators/onnx__MaxPool.html */
export function maxPool(map: Tensor, { size, strides, pads }: PoolOptions): Tensor {
  const input = mapDims(map);
  const [height, width] = windowCounts(input, size, { strides, pads });
  const planes = input.batch * input.channels;
  const values = new Float64Array(planes * height * width);
  let to = 0;
  for (let plane = 0; plane < planes; plane++) {
    const from = plane * input.height * input.width;
    for (let y = 0; y < height; y++) {
      const top = y * strides[0] - pads[0];
      for (let x = 0; x < width; x++) {
        const left = x * strides[1] - pads[1];
        let most = Number.NEGATIVE_INFINITY;
        for (let row = Math.max(0, top); row < Math.min(input.height, top + size[0]); row++) {
          for (let column = Math.max(0, left); column < Math.min(input.width, left + size[1]); column++) {
            most = Math.max(most, map.values[from + row * input.width + column]!);
          }
        }
        values[to++] = most;
      }
    }
  }
  return { dims: [input.batch, input.channels, height, width], values };
}

/** The mean of each channel: batch × channels × 1 × 1. https://onnx.ai/onnx/operators/onnx__GlobalAveragePool.html */
export function globalAverage(map: Tensor): Tensor {
  const { batch, channels, height, width } = mapDims(map);
  const plane = height * width;
  const values = Float64Array.from({ length: batch * channels }, (_, i) => {
    let sum = 0;
    for (let k = i * plane; k < (i + 1) * plane; k++) sum += map.values[k]!;
    return sum / plane;
  });
  return { dims: [batch, channels, 1, 1], values };
}
