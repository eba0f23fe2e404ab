import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelSpec } from '../../detector/index.js';
import { loadModel, RegistryError, type RegisteredModel } from '../../registry/index.js';
import { messageOf } from '../../messageOf.js';
import { modelNames } from './modelsFolder.js';
import { runHeads, trialInput } from './trial.js';

export interface InspectedModel {
  readonly name: string;
  /** The model, if its spec parses and its ONNX file has the hash that the spec names. */
  readonly model: RegisteredModel | undefined;
  /** What is wrong with it. */
  readonly problem: string | undefined;
}

/** Every model in a folder; for those that can't be served, the reason. */
export async function inspectModels(folder: string): Promise<InspectedModel[]> {
  const inspected: InspectedModel[] = [];
  for (const name of await modelNames(folder)) {
    try {
      inspected.push({ name, model: await loadModel(join(folder, name)), problem: undefined });
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      inspected.push({ name, model: undefined, problem: error.message });
    }
  }
  return inspected;
}

/** Loads and runs the network, and checks tensors and shapes against the spec. Returns what is wrong. */
export async function tryNetwork({ spec, onnxPath }: RegisteredModel): Promise<string | undefined> {
  try {
    const heads = await runHeads(await readFile(onnxPath), spec, trialInput(spec.input));
    const bad = heads.findIndex((head) => !head.every(Number.isFinite));
    return bad < 0 ? undefined : `${spec.heads[bad]?.tensor ?? ''} holds values that are not finite`;
  } catch (error) {
    // Whatever it is (a ModelSpecError, or a plain error of onnxruntime), it is about this model.
    return messageOf(error);
  }
}

/** One line of a table. */
export function summary({ version, input, heads, classes, licence, threshold }: ModelSpec): string[] {
  const names = classes.map(({ name }) => name);
  return [
    version,
    `${input.width} × ${input.height}`,
    String(heads.length),
    names.length > 4 ? `${names.slice(0, 4).join(', ')} … (${names.length})` : names.join(', '),
    String(threshold.score),
    licence,
  ];
}
