import { type ModelSpec, ModelSpecError } from '../detector/index.js';

/** @throws ModelSpecError naming onnxSha256, where the file is another one than the spec was written for */
export function assertOnnxHash(spec: ModelSpec, found: string): void {
  if (found === spec.onnxSha256) return;
  throw new ModelSpecError(
    '/onnxSha256',
    `is ${spec.onnxSha256}, but model.onnx has ${found}: the file was cut short, swapped or changed`,
  );
}
