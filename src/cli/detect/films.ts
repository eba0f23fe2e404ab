import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { UsageError } from '../exit.js';

/** A file that is to be analysed. */
export interface FilmFile {
  readonly path: string;
  /** Unique among the files of one command; below `--out` and `--overlays`, too. */
  readonly name: string;
}

const filmExtensions = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp']);

/**
 * The films at these paths and in all folders below them, in a stable order. A file that is named is taken whatever
 * its extension; in folders the extension decides, and `passedOver` counts the other files, so that none is skipped
 * silently.
 */
export async function findFilms(paths: readonly string[]): Promise<{ films: FilmFile[]; passedOver: number }> {
  const films: FilmFile[] = [];
  let passedOver = 0;
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw new UsageError(`There is no file or folder ${path}`);
    if (!found.isDirectory()) {
      films.push({ path, name: basename(path) });
      continue;
    }
    const below = await readdir(path, { recursive: true, withFileTypes: true });
    const files = below.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      if (filmExtensions.has(extname(file).toLowerCase())) films.push({ path: file, name: relative(path, file) });
      else passedOver++;
    }
  }
  return { films: withUniqueNames(films), passedOver };
}

function withUniqueNames(films: readonly FilmFile[]): FilmFile[] {
  const taken = new Map<string, number>();
  return films.map((film) => {
    const times = (taken.get(film.name) ?? 0) + 1;
    taken.set(film.name, times);
    return times === 1 ? film : { ...film, name: `${times}-${film.name}` };
  });
}
