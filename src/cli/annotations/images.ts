import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import {
  type FilmSize,
  type GreyPicture,
  type ImageIndex,
  indexImages,
  type KnownImage,
  pictureSide,
} from '../../datasets/index.js';
import { decodeFilm } from '../../imaging/decodeFilm.js';
import { dicomSize } from '../../imaging/dicom/dicomSize.js';
import { FilmError, pictureless, sniffFormat } from '../../imaging/index.js';
import { wrongUse } from '../exit.js';
import { firstBytes } from '../firstBytes.js';

const imageEndings = new Set(['.jpg', '.jpeg', '.jfif', '.jpe', '.png', '.tif', '.tiff', '.webp', '.dcm', '.dicom']);
/** Files that often lie next to films but are none: their headers are not read. */
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

/** Headers read at the same time. */
const atOnce = 8;

/** All images below a folder, with the sizes in their headers. */
export async function readImageFolder(folder: string): Promise<ImageIndex> {
  const names = await imageNames(folder);
  const images: KnownImage[] = [];
  for (let i = 0; i < names.length; i += atOnce) {
    const read = await Promise.all(names.slice(i, i + atOnce).map((name) => knownImage(folder, name)));
    // A film may have any extension, or none; without a readable header, only its extension shows that it is one.
    images.push(...read.filter((image) => image !== undefined).filter(isImage));
  }
  return indexImages(images);
}

function isImage({ name, size }: KnownImage): boolean {
  return size !== undefined || imageEndings.has(extname(name).toLowerCase());
}

async function imageNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw wrongUse(error, `can't read the folder of images`);
  });
  // A link counts: `select --link` makes such folders.
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !otherEndings.has(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => relative(folder, path).split(sep).join('/')).sort();
}

/** Undefined for a DICOM file that can't be a film: a report, or the directory of a CD. */
async function knownImage(folder: string, name: string): Promise<KnownImage | undefined> {
  const path = join(folder, name);
  const start = await firstBytes(path).catch(() => new Uint8Array());
  if (pictureless(start) !== undefined) return undefined;
  const size = isDicom(start) ? await sizeOfDicom(path) : await uprightSize(path);
  return size === undefined ? { name } : { name, size };
}

function isDicom(start: Uint8Array): boolean {
  try {
    return sniffFormat(start) === 'dicom';
  } catch {
    return false;
  }
}

/** Undefined if the file holds no film that can be read. */
async function sizeOfDicom(path: string): Promise<FilmSize | undefined> {
  try {
    return dicomSize(await readFile(path));
  } catch (error) {
    if (error instanceof FilmError) return undefined;
    throw error;
  }
}

/** After EXIF orientation, as people see it when they draw boxes. Undefined if the header can't be read. */
async function uprightSize(path: string): Promise<FilmSize | undefined> {
  const metadata = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (metadata === undefined || !filmFormats.has(metadata.format)) return undefined;
  const { width, height } = metadata.autoOrient;
  return { width, height };
}

/**
 * An image as a small upright grey square, 16 bits deep.
 *
 * @throws if it can't be decoded to its end
 */
export async function readGreySquare(path: string): Promise<GreyPicture> {
  const { data, info } = await (
    await upright(path)
  )
    .toColourspace('grey16')
    .resize(pictureSide, pictureSide, { fit: 'fill', kernel: 'linear' })
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new Error(`it still has ${info.channels} channels as grey`);
  return {
    width: info.width,
    height: info.height,
    levels: new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2),
  };
}

async function upright(path: string): Promise<Sharp> {
  if (!isDicom(await firstBytes(path))) return sharp(path).autoOrient().removeAlpha();
  const options = { maxPixels: Number.MAX_SAFE_INTEGER, secondaryCapture: true };
  const { width, height, channels, pixels } = await decodeFilm(await readFile(path), options);
  return sharp(pixels, { raw: { width, height, channels } });
}
