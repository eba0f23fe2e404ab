import { ModelSpecError } from './modelSpecError.js';
import type { ModelSpec } from './spec.js';

/** @throws ModelSpecError naming onnxSha256, if the spec was written for another file */
export function assertOnnxHash(spec: ModelSpec, found: string): void {
  if (found === spec.onnxSha256) return;
  throw new ModelSpecError(
    '/onnxSha256',
    `is ${spec.onnxSha256}, but model.onnx has ${found}: the file was cut short, swapped or changed`,
  );
}
