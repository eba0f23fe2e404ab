import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../exit.js';

/** Folder of models: the option, else MODELS_DIR, else `models`. */
export function modelsFolder(option: string | undefined): string {
  return option ?? (process.env['MODELS_DIR'] || 'models');
}

/** Folders that hold a model.json, by name. Throws UsageError if the models folder doesn't exist. */
export async function modelNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch(() => {
    throw new UsageError(`there is no models folder ${folder}: set it with --models DIR or MODELS_DIR`);
  });
  const found = await Promise.all(
    entries.map(async (name) => !name.startsWith('.') && (await isFile(join(folder, name, 'model.json')))),
  );
  return entries.filter((_, i) => found[i]).sort();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
