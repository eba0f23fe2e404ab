import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessMissing, unlessPresent } from '../fileErrors.js';
import { syncFolder } from './syncFolder.js';

/** Names inside a film's folder. */
export const filmName = 'film.png';
export const previewName = 'preview.jpg';
export const thumbnailName = 'thumbnail.jpg';

/** A file beside the films that names their database. */
const ownerName = 'database-id';

/**
 * The folder of the store: `ab/abcd…/{film.png, preview.jpg, thumbnail.jpg}` by the hash of the pixels, `incoming/`,
 * where films are written before they get their address, and `database-id`, the database that has their rows. A film's
 * folder appears and disappears as a whole, by renaming.
 */
export class FilmFiles {
  constructor(readonly folder: string) {}

  async prepare(): Promise<void> {
    await mkdir(join(this.folder, 'incoming'), { recursive: true, mode: 0o700 });
  }

  async isThere(): Promise<boolean> {
    return (await stat(this.folder).catch(unlessMissing)) !== undefined;
  }

  /** The database that claimed the folder; undefined if none has. */
  async owner(): Promise<string | undefined> {
    const text = await readFile(join(this.folder, ownerName), 'utf8').catch(unlessMissing);
    return text?.trim();
  }

  /** Linked into place in one step: if several databases claim a folder at once, the first gets it. */
  async claim(databaseId: string): Promise<void> {
    const making = this.incoming();
    await this.prepare();
    await writeFile(making, `${databaseId}\n`, { mode: 0o600, flag: 'wx' });
    try {
      await link(making, join(this.folder, ownerName)).catch(unlessPresent);
    } finally {
      await rm(making);
    }
  }

  /** A place that nobody else writes to. */
  incoming(): string {
    return join(this.folder, 'incoming', randomUUID());
  }

  /** Throws TypeError if this is not an address: nothing else ever becomes a path. */
  folderOf(pixelsSha256: string): string {
    if (!isAddress(pixelsSha256)) throw new TypeError('not the address of a film');
    return join(this.folder, pixelsSha256.slice(0, 2), pixelsSha256);
  }

  async has(pixelsSha256: string): Promise<boolean> {
    return (await stat(join(this.folderOf(pixelsSha256), filmName)).catch(unlessMissing)) !== undefined;
  }

  /**
   * Gives a film that was written under `incoming` its address. If the address already exists, it is the same film and
   * stays.
   */
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

  /** Removed in one step: a reader sees the whole film or none of it. */
  async remove(pixelsSha256: string): Promise<void> {
    const gone = this.incoming();
    try {
      await rename(this.folderOf(pixelsSha256), gone);
    } catch (error) {
      unlessMissing(error);
      return;
    }
    await rm(gone, { recursive: true, force: true });
  }

  /** Addresses of films written before `before`, in batches. */
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

  /** Removes what a process left behind when it ended while writing or deleting. */
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
  return (await readdir(folder).catch(unlessMissing)) ?? [];
}

async function isOlder(path: string, before: Date): Promise<boolean> {
  const found = await stat(path).catch(unlessMissing);
  return found !== undefined && found.mtime < before;
}
