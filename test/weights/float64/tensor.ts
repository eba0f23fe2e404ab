import { UnsupportedOnnx } from './unsupportedOnnx.js';

/** Values in row-major order. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

export interface MapDims {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Of a tensor batch × channels × height × width. */
export function mapDims({ dims }: Tensor): MapDims {
  const [batch, channels, height, width, ...more] = dims;
  if (batch === undefined || channels === undefined || height === undefined || width === undefined || more.length > 0) {
    throw new UnsupportedOnnx(`works on a tensor of ${dims.length} dimensions where only maps (4) are known`);
  }
  return { batch, channels, height, width };
}

export function product(dims: readonly number[]): number {
  return dims.reduce((total, size) => total * size, 1);
}
