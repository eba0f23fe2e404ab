/** Layers as darknet computes them, in plain loops and float64: what the imported networks are held against. */
export interface Map3 {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

export interface Norm {
  readonly beta: readonly number[];
  readonly gamma: readonly number[];
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

export function map3(channels: number, height: number, width: number, values: readonly number[]): Map3 {
  return { channels, height, width, values: Float32Array.from(values) };
}

export function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

/** Of a 1 × 1 convolution that changes nothing. */
export function identityKernel(channels: number): number[] {
  return Array.from({ length: channels * channels }, (_, i) => (i % (channels + 1) === 0 ? 1 : 0));
}

export function conv(
  input: Map3,
  kernel: readonly number[],
  bias: readonly number[],
  {
    size,
    stride,
    pad,
    groups,
    filters,
    dilation,
  }: { size: number; stride: number; pad: number; groups: number; filters: number; dilation: number },
): Map3 {
  const reach = dilation * (size - 1) + 1;
  const height = Math.floor((input.height + 2 * pad - reach) / stride) + 1;
  const width = Math.floor((input.width + 2 * pad - reach) / stride) + 1;
  const inputs = input.channels / groups;
  const out: number[] = [];
  for (let f = 0; f < filters; f++) {
    const firstInput = Math.floor(f / (filters / groups)) * inputs;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = bias[f]!;
        for (let c = 0; c < inputs; c++) {
          for (let ky = 0; ky < size; ky++) {
            for (let kx = 0; kx < size; kx++) {
              const sy = y * stride - pad + ky * dilation;
              const sx = x * stride - pad + kx * dilation;
              if (sy < 0 || sx < 0 || sy >= input.height || sx >= input.width) continue;
              sum +=
                kernel[((f * inputs + c) * size + ky) * size + kx]! *
                input.values[((firstInput + c) * input.height + sy) * input.width + sx]!;
            }
          }
        }
        out.push(sum);
      }
    }
  }
  return map3(filters, height, width, out);
}

/** forward_maxpool_layer of darknet (src/maxpool_layer.c): windows start at −floor(padding / 2). */
export function pool(input: Map3, { size, stride, padding }: { size: number; stride: number; padding: number }): Map3 {
  const height = Math.floor((input.height + padding - size) / stride) + 1;
  const width = Math.floor((input.width + padding - size) / stride) + 1;
  const offset = -Math.floor(padding / 2);
  const out: number[] = [];
  for (let c = 0; c < input.channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let most = Number.NEGATIVE_INFINITY;
        for (let ky = 0; ky < size; ky++) {
          for (let kx = 0; kx < size; kx++) {
            const sy = offset + y * stride + ky;
            const sx = offset + x * stride + kx;
            if (sy >= 0 && sx >= 0 && sy < input.height && sx < input.width)
              most = Math.max(most, input.values[(c * input.height + sy) * input.width + sx]!);
          }
        }
        out.push(most);
      }
    }
  }
  return map3(input.channels, height, width, out);
}
