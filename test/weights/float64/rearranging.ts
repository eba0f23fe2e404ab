import { UnsupportedOnnx } from './unsupportedOnnx.js';
import { mapDims, product, type Tensor } from './tensor.js';
import type { Pair } from './windows.js';

/** Joins tensors along an axis. https://onnx.ai/onnx/operators/onnx__Concat.html */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  const own = first?.dims[axis];
  if (first === undefined || own === undefined)
    throw new UnsupportedOnnx(`holds Concat along axis ${axis}, which its inputs do not have`);
  const total = parts.reduce((sum, { dims }) => sum + (dims[axis] ?? 0), 0);
  const dims = first.dims.with(axis, total);
  const outer = product(dims.slice(0, axis));
  const values = new Float64Array(product(dims));
  let to = 0;
  for (let i = 0; i < outer; i++) {
    for (const part of parts) {
      if (part.dims.with(axis, total).join() !== dims.join())
        throw new UnsupportedOnnx(`joins tensors of ${dims.join(' × ')} and ${part.dims.join(' × ')}`);
      const length = part.values.length / outer;
      values.set(part.values.subarray(i * length, (i + 1) * length), to);
      to += length;
    }
  }
  return { dims, values };
}

/**
 * What lies from `start` to before `end` on an axis; below zero both count from the end, and beyond it they are taken
 * back to it. https://onnx.ai/onnx/operators/onnx__Slice.html
 */
export function slice(tensor: Tensor, start: number, end: number, axis: number): Tensor {
  const size = tensor.dims[axis];
  if (size === undefined) throw new UnsupportedOnnx(`holds Slice along axis ${axis}, which its input does not have`);
  const place = (bound: number) => Math.min(size, Math.max(0, bound < 0 ? bound + size : bound));
  const from = place(start);
  const dims = tensor.dims.with(axis, Math.max(0, place(end) - from));
  const outer = product(dims.slice(0, axis));
  const inner = product(dims.slice(axis + 1));
  const length = (dims[axis] ?? 0) * inner;
  const values = new Float64Array(outer * length);
  for (let i = 0; i < outer; i++) {
    const offset = (i * size + from) * inner;
    values.set(tensor.values.subarray(offset, offset + length), i * length);
  }
  return { dims, values };
}

/**
 * Nearest neighbour, down and left: y of the output comes from ⌊y / scale⌋.
 * https://onnx.ai/onnx/operators/onnx__Resize.html
 */
export function resize(map: Tensor, [scaleY, scaleX]: Pair): Tensor {
  const input = mapDims(map);
  const height = Math.floor(input.height * scaleY);
  const width = Math.floor(input.width * scaleX);
  const planes = input.batch * input.channels;
  const values = new Float64Array(planes * height * width);
  let to = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      const row = (plane * input.height + Math.floor(y / scaleY)) * input.width;
      for (let x = 0; x < width; x++) values[to++] = map.values[row + Math.floor(x / scaleX)]!;
    }
  }
  return { dims: [input.batch, input.channels, height, width], values };
}
