import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from './syncFolder.js';

/** Names inside a film’s folder. */
export const filmName = 'film.png';
export const thumbnailName = 'thumbnail.jpg';

/**
 * The folder of the store: `ab/abcd…/{film.png, thumbnail.jpg}` by the hash of the pixels, and `incoming/`, where
 * films are written before they get their address. A film’s folder comes and goes whole, by renaming.
 */
export class FilmFiles {
  constructor(readonly folder: string) {}

  async prepare(): Promise<void> {
    await mkdir(join(this.folder, 'incoming'), { recursive: true, mode: 0o700 });
  }

  /** A place that nobody else writes to. */
  incoming(): string {
    return join(this.folder, 'incoming', randomUUID());
  }

  /** Throws TypeError for what is no address: nothing else ever becomes a path. */
  folderOf(pixelsSha256: string): string {
    if (!isAddress(pixelsSha256)) throw new TypeError('not the address of a film');
    return join(this.folder, pixelsSha256.slice(0, 2), pixelsSha256);
  }

  async has(pixelsSha256: string): Promise<boolean> {
    return exists(join(this.folderOf(pixelsSha256), filmName));
  }

  /** Gives a film that was written under `incoming` its address. One that is there already is the same, and stays. */
  async admit(incoming: string, pixelsSha256: string): Promise<void> {
    const target = this.folderOf(pixelsSha256);
    if (await this.has(pixelsSha256)) {
      await rm(incoming, { recursive: true, force: true });
      return;
    }
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(incoming, target);
    await syncFolder(dirname(target));
  }

  /** Whole, at once: a reader has the film or has it not. */
  async remove(pixelsSha256: string): Promise<void> {
    const gone = this.incoming();
    try {
      await rename(this.folderOf(pixelsSha256), gone);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await rm(gone, { recursive: true, force: true });
  }

  /** Addresses of films that were written before `before`, in pieces. */
  async *addresses(before: Date): AsyncGenerator<readonly string[], void> {
    for (const part of await names(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(part)) continue;
      const found: string[] = [];
      for (const name of await names(join(this.folder, part))) {
        if (isAddress(name) && (await isOlder(join(this.folder, part, name), before))) found.push(name);
      }
      if (found.length > 0) yield found;
    }
  }

  /** What a process left behind that ended while it wrote or deleted. */
  async clearIncoming(before: Date): Promise<void> {
    const folder = join(this.folder, 'incoming');
    for (const name of await names(folder)) {
      if (await isOlder(join(folder, name), before)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Whether a text is the address of a film: the SHA-256 of its pixels, hex. */
export function isAddress(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

async function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== undefined;
}

async function isOlder(path: string, before: Date): Promise<boolean> {
  const found = await statIfThere(path);
  return found !== undefined && found.mtime < before;
}

async function statIfThere(path: string) {
  return stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
