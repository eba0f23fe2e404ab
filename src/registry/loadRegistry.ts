import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadModel } from './loadModel.js';
import { messageOf } from '../messageOf.js';
import { type RegisteredModel, type Registry, RegistryError } from './model.js';

export interface RegistryOptions {
  /** Each folder in it is a model. */
  readonly modelsDir: string;
  /** The model for films that name none; it must exist. */
  readonly defaultModel?: string;
  /** The default among several if there is no `defaultModel`; it need not exist. */
  readonly preferredModel?: string;
}

/**
 * Every model of a models folder, verified. A model that fails is an error: serving the others would drop it silently.
 * Folders without model.json and those whose name begins with a dot are not models.
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
    throw new RegistryError(`The models folder ${modelsDir} can't be read: ${messageOf(cause)}`, { cause });
  });
  const isModel = await Promise.all(
    // stat follows links: a model may be a link.
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
    throw new RegistryError(`${modelsDir} holds several models (${names.join(', ')}): name the default one with MODEL`);
  }
  if (names.includes(wanted)) return wanted;
  throw new RegistryError(`There is no model "${wanted}" in ${modelsDir}; it holds ${names.join(', ')}`);
}
