import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import sharp from 'sharp';
import { type FilmSize, type ImageIndex, indexImages, type KnownImage } from '../../datasets/index.js';
import { UsageError } from '../exit.js';

const imageEndings = new Set(['.jpg', '.jpeg', '.jfif', '.jpe', '.png', '.tif', '.tiff', '.webp']);
/** Of files that lie beside films and are none: their headers are not looked at. */
const otherEndings = new Set([
  '.txt',
  '.csv',
  '.json',
  '.xml',
  '.yaml',
  '.yml',
  '.names',
  '.md',
  '.html',
  '.py',
  '.zip',
]);
const filmFormats = new Set(['jpeg', 'png', 'tiff', 'webp']);

/** Headers that are read at once. */
const atOnce = 8;

/** All images below a folder, with the sizes that their headers tell. */
export async function readImageFolder(folder: string): Promise<ImageIndex> {
  const names = await imageNames(folder);
  const images: KnownImage[] = [];
  for (let i = 0; i < names.length; i += atOnce) {
    const read = await Promise.all(names.slice(i, i + atOnce).map((name) => knownImage(folder, name)));
    // A film may have any ending, or none; without a readable header only its ending says that it was to be one.
    images.push(
      ...read.filter(({ name, size }) => size !== undefined || imageEndings.has(extname(name).toLowerCase())),
    );
  }
  return indexImages(images);
}

async function imageNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new UsageError(
      `The folder of the images can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  // A link counts: `select --link` makes such folders.
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !otherEndings.has(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => relative(folder, path).split(sep).join('/')).sort();
}

async function knownImage(folder: string, name: string): Promise<KnownImage> {
  const size = await uprightSize(join(folder, name));
  return size === undefined ? { name } : { name, size };
}

/** After EXIF orientation, which is how a person saw it when drawing boxes. Undefined where the header can't be read. */
async function uprightSize(path: string): Promise<FilmSize | undefined> {
  const metadata = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (metadata === undefined || !filmFormats.has(metadata.format)) return undefined;
  const { width, height } = metadata.autoOrient;
  return { width, height };
}
