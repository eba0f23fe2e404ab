import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { unlessMissing } from '../fileErrors.js';
import { ImportError } from './importError.js';
import type { ImportedModel } from './importModel.js';

export interface WrittenModel {
  readonly folder: string;
  /** False if the same model was already there. */
  readonly changed: boolean;
  /** Other files kept in the folder, such as a card: they may describe the previous model. */
  readonly kept: readonly string[];
}

/**
 * Writes `<modelsDir>/<name>/model.onnx` and `model.json`. Everything is written to a folder next to it, which is then
 * renamed, so that nobody ever sees half a model. Another model of that name is replaced only with `force`.
 *
 * @throws ImportError `bad-options` if another model has the name
 */
export async function writeModelFolder(
  modelsDir: string,
  { spec, onnx }: Pick<ImportedModel, 'spec' | 'onnx'>,
  { force }: { force: boolean },
): Promise<WrittenModel> {
  const folder = join(modelsDir, spec.name);
  await restoreReplaced(modelsDir, spec.name);
  const others = await otherFiles(folder);
  const present = await readSpec(folder);
  if (present !== undefined && isDeepStrictEqual(present, spec) && (await holds(folder, onnx)))
    return { folder, changed: false, kept: others };
  if (present !== undefined && !force) {
    throw new ImportError(
      'bad-options',
      `${folder} already holds another model of this name: import under another name, or replace it with --force`,
    );
  }
  await mkdir(modelsDir, { recursive: true });
  // A service that starts right now doesn't take a name with a leading dot for a model.
  const fresh = join(modelsDir, `.${spec.name}-${randomUUID()}`);
  const old = `${fresh}-old`;
  try {
    await mkdir(fresh);
    for (const file of others) await cp(join(folder, file), join(fresh, file), { recursive: true });
    await writeFile(join(fresh, 'model.onnx'), onnx);
    await writeFile(join(fresh, 'model.json'), `${JSON.stringify(spec, null, 2)}\n`);
    const replaced = await renameIfThere(folder, old);
    try {
      await rename(fresh, folder);
    } catch (error) {
      if (replaced) await rename(old, folder);
      throw error;
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
  return { folder, changed: true, kept: others };
}

/** Puts back the old model if a process was killed after moving it aside and before putting the new one in place. */
async function restoreReplaced(modelsDir: string, name: string): Promise<void> {
  const names = (await readdir(modelsDir).catch(unlessMissing)) ?? [];
  if (names.includes(name)) return;
  const aside = names.find(
    (each) => each.startsWith(`.${name}-`) && /^[0-9a-f-]{36}-old$/.test(each.slice(name.length + 2)),
  );
  if (aside !== undefined) await rename(join(modelsDir, aside), join(modelsDir, name));
}

async function otherFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(unlessMissing);
  return (files ?? []).filter((file) => file !== 'model.onnx' && file !== 'model.json').sort();
}

/** The content of a model.json; if it isn't JSON, `null`, which equals no spec. */
async function readSpec(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'model.json'), 'utf8').catch(unlessMissing);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function holds(folder: string, onnx: Uint8Array): Promise<boolean> {
  const present = await readFile(join(folder, 'model.onnx')).catch(unlessMissing);
  return present?.equals(onnx) ?? false;
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  return (
    (await rename(from, to)
      .then(() => true as const)
      .catch(unlessMissing)) ?? false
  );
}
