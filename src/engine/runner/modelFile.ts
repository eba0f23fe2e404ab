import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { assertOnnxHash, type ModelSpec, ModelSpecError } from '../../detector/index.js';
import type { RunnerModel } from '../messages.js';

/** The spec doesn't fit its network, which no other provider could change. */
export class UnfitModel extends Error {
  constructor(name: string, cause: ModelSpecError) {
    super(`Model ${name}: ${cause.message}`, { cause });
  }
}

/**
 * Hashes exactly the bytes that are loaded: the file could change between two reads.
 *
 * @throws UnfitModel if the spec was written for another file
 */
export async function readVerified({ spec, onnxPath }: RunnerModel): Promise<Uint8Array> {
  const onnx = await readFile(onnxPath);
  await naming(spec, () => {
    assertOnnxHash(spec, createHash('sha256').update(onnx).digest('hex'));
  });
  return onnx;
}

/** @throws UnfitModel in place of a ModelSpecError: it names the model */
export async function naming(spec: ModelSpec, check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof ModelSpecError) throw new UnfitModel(spec.name, error);
    throw error;
  }
}
