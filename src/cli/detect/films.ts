import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { FilmError, pictureless, sniffFormat } from '../../imaging/index.js';
import { UsageError } from '../exit.js';
import { firstBytes } from '../firstBytes.js';

/** A file to analyse. */
export interface FilmFile {
  readonly path: string;
  /** Unique among the files of one command, also below `--out` and `--overlays`. */
  readonly name: string;
}

/** A file in a folder that is not analysed, and why. */
export interface PassedOver {
  readonly path: string;
  /** A sentence about what its first bytes are. */
  readonly reason: string;
  /** An image of an unsupported kind: it may hold a film. */
  readonly isImage: boolean;
}

export interface FoundFilms {
  readonly films: readonly FilmFile[];
  readonly passedOver: readonly PassedOver[];
}

/**
 * The films at these paths, folders searched recursively, in a stable order. A named file is taken whatever it is. In
 * folders the first bytes decide, not the name: Windows saves JPEGs as .jfif, and archives export films without an
 * extension, beside a DICOMDIR.
 *
 * @throws UsageError if there is no such file or folder
 */
export async function findFilms(paths: readonly string[]): Promise<FoundFilms> {
  const films: FilmFile[] = [];
  const passedOver: PassedOver[] = [];
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
      const other = await whyNotAFilm(file);
      if (other === undefined) films.push({ path: file, name: relative(path, file) });
      else passedOver.push({ path: file, ...other });
    }
  }
  return { films: withUniqueNames(films), passedOver };
}

/** Kinds of images that films come in but that are not supported. */
const imageEndings = /\.(bmp|dib|jp2|j2k|jpx|jpf|jxl|jls|avif|heic|heif|gif|nii|nrrd|mha|mhd|exr|pgm|ppm)$/i;
/** Files named like films: a broken one is listed as failed, not passed over. */
const filmEndings = /\.(dcm|dicom|dic|ima|jpe?g|jfif|jpe|png|tiff?|webp)$/i;

async function whyNotAFilm(path: string): Promise<Pick<PassedOver, 'reason' | 'isImage'> | undefined> {
  try {
    const bytes = await firstBytes(path);
    sniffFormat(bytes);
    const object = pictureless(bytes);
    return object === undefined
      ? undefined
      : { reason: `It is a DICOM file without a film: ${object}.`, isImage: false };
  } catch (error) {
    if (filmEndings.test(path)) return undefined;
    if (error instanceof FilmError)
      return {
        reason: error.message,
        isImage: imageEndings.test(path) || /looks like (DICOM|BMP|GIF|JPEG|HEIF|AVIF|a JPEG)/.test(error.message),
      };
    return { reason: error instanceof Error ? error.message : String(error), isImage: true };
  }
}

function withUniqueNames(films: readonly FilmFile[]): FilmFile[] {
  const taken = new Map<string, number>();
  return films.map((film) => {
    const times = (taken.get(film.name) ?? 0) + 1;
    taken.set(film.name, times);
    return times === 1 ? film : { ...film, name: `${times}-${film.name}` };
  });
}
