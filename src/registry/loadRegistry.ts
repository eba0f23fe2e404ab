import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadModel } from './loadModel.js';
import type { RegisteredModel, Registry } from './model.js';
import { RegistryError } from './registryError.js';

export interface RegistryOptions {
  /** Each folder in it is a model. */
  readonly modelsDir: string;
  /** Name of the model that is used when a film names none; it must be there. */
  readonly defaultModel?: string;
  /** The default among several where `defaultModel` says nothing; it may be missing. */
  readonly preferredModel?: string;
}

/**
 * Every model of a models folder, verified. One that does not verify is an error: serving the rest would leave a model
 * out in silence. Folders without model.json and those that begin with a dot are no models.
 *
 * @throws RegistryError
 */
export async function loadRegistry(options: RegistryOptions): Promise<Registry> {
  const modelsDir = resolve(options.modelsDir);
  const models = new Map<string, RegisteredModel>();
  for (const folder of await modelFolders(modelsDir)) {
    const model = await loadModel(join(modelsDir, folder));
    models.set(model.spec.name, model);
  }
  return { models, defaultModel: defaultOf([...models.keys()], options) };
}

async function modelFolders(modelsDir: string): Promise<string[]> {
  const entries = await readdir(modelsDir).catch((cause: unknown) => {
    throw new RegistryError(
      `The models folder ${modelsDir} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  });
  const isModel = await Promise.all(
    // stat follows links: a model may lie elsewhere and be linked in.
    entries.map(async (entry) => !entry.startsWith('.') && (await isFile(join(modelsDir, entry, 'model.json')))),
  );
  return entries.filter((_, i) => isModel[i]).sort();
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function defaultOf(
  names: readonly string[],
  { modelsDir, defaultModel: wanted, preferredModel = '' }: RegistryOptions,
): string {
  const [first, ...others] = names;
  if (first === undefined)
    throw new RegistryError(
      `${modelsDir} holds no model: a model is a folder with model.json and model.onnx (see \`model import\`)`,
    );
  if (wanted === undefined) {
    if (others.length === 0) return first;
    if (names.includes(preferredModel)) return preferredModel;
    throw new RegistryError(
      `${modelsDir} holds several models (${names.join(', ')}): say with MODEL which one is the default`,
    );
  }
  if (names.includes(wanted)) return wanted;
  throw new RegistryError(`There is no model "${wanted}" in ${modelsDir}; it holds ${names.join(', ')}`);
}
