import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { sha256OfFile } from '../../sha256OfFile.js';
import { UsageError } from '../exit.js';
import type { Wheel } from './wheels.js';

/**
 * Unpacks the shared libraries of wheels into one folder. Every hash is checked before anything is unpacked, and an
 * existing library is replaced whole or not at all.
 *
 * @param from folder of the wheels' files, as pip downloads them
 * @returns names of the libraries
 * @throws UsageError naming every wheel that is missing or isn't the pinned one
 */
export async function installWheels(
  { from, to }: { readonly from: string; readonly to: string },
  wheels: readonly Wheel[],
): Promise<string[]> {
  const paths = await verified(from, wheels);
  await mkdir(to, { recursive: true });
  const installed: string[] = [];
  for (const [wheel, path] of paths) installed.push(...(await unpack(path, wheel.libraries, to)));
  return installed;
}

async function verified(folder: string, wheels: readonly Wheel[]): Promise<Map<Wheel, string>> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new UsageError(`The folder ${folder} can't be read.`, { cause });
  });
  const faults: string[] = [];
  const paths = new Map<Wheel, string>();
  for (const wheel of wheels) {
    const file = files.find((name) => name.startsWith(prefixOf(wheel)) && name.endsWith('.whl'));
    if (file === undefined) faults.push(`${wheel.name} ${wheel.version}: there is no ${prefixOf(wheel)}….whl`);
    else if ((await sha256OfFile(join(folder, file))) !== wheel.sha256)
      faults.push(`${file}: its SHA-256 is not the pinned one`);
    else paths.set(wheel, join(folder, file));
  }
  if (faults.length > 0) throw new UsageError(`Nothing was installed from ${folder}:\n${faults.join('\n')}`);
  return paths;
}

/** How a wheel's file name begins: https://packaging.python.org/specifications/binary-distribution-format/. */
function prefixOf({ name, version }: Wheel): string {
  return `${name.replaceAll('-', '_')}-${version}-`;
}

async function unpack(path: string, prefix: string, to: string): Promise<string[]> {
  const zip = await yauzl.openPromise(path);
  const names: string[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      // Only their base names are used, so that no path in a wheel leads out of the folder.
      const name = basename(entry.fileName);
      if (!entry.fileName.startsWith(prefix) || !name.includes('.so')) continue;
      const unfinished = join(to, `${name}.unfinished`);
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(unfinished)).catch(
        async (error: unknown) => {
          await rm(unfinished, { force: true });
          throw error;
        },
      );
      await rename(unfinished, join(to, name));
      names.push(name);
    }
  } finally {
    zip.close();
  }
  return names;
}
