import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFilm } from '../../imaging/decodeFilm.js';
import { asAnalysed, type Film, percentileWindow } from '../../imaging/index.js';
import { filmName, previewName, thumbnailName } from '../filmFiles.js';
import { type PngLayout } from '../png/layout.js';
import { writePng } from '../png/writePng.js';
import { syncFolder } from '../syncFolder.js';
import type { WrittenFilm } from './messages.js';
import { pixelsSha256 } from './pixelsSha256.js';
import { previewOf, thumbnailOf } from './smallFilm.js';

export interface WriteOptions {
  /** Greatest width · height of the film. */
  readonly maxPixels: number;
  /** Whether the film was analysed with the grey levels of its file inverted; undefined: as decoded. */
  readonly inverted: boolean | undefined;
}

/** Rows encoded to PNG at a time. */
const rowsAtOnce = 64;

/**
 * Decodes a film and writes its pixels, and nothing else from its file, to a new folder: upright, at full depth, a
 * negative inverted as the network saw it; plus a preview and a thumbnail. Resolves once all are on disk; on failure,
 * removes what was written. Secondary captures are accepted here: the analysis has already decided about them.
 */
export async function writeFilm(
  bytes: Uint8Array,
  folder: string,
  { maxPixels, inverted }: WriteOptions,
): Promise<WrittenFilm> {
  const film = asAnalysed(await decodeFilm(bytes, { maxPixels, secondaryCapture: true }), inverted);
  const { width, height, channels, facts } = film;
  const layout: PngLayout = { width, height, channels, bits: facts.bits };
  const window = displayWindow(film);
  await mkdir(folder, { mode: 0o700 });
  try {
    const filmBytes = await writeDown(join(folder, filmName), writePng(layout, rowsOf(film)));
    const previewBytes = await writeDown(join(folder, previewName), [await previewOf(film, window)]);
    const thumbnailBytes = await writeDown(join(folder, thumbnailName), [await thumbnailOf(film, window)]);
    await syncFolder(folder);
    const sizeBytes = filmBytes + previewBytes + thumbnailBytes;
    return { ...layout, pixelsSha256: pixelsSha256(film), window, sizeBytes };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Over all samples, including those of colour films: it is for display, not for measuring. */
function displayWindow({ pixels, facts }: Film): readonly [number, number] {
  return percentileWindow(pixels, facts.bits === 16 ? 65535 : 255, [1, 99]);
}

/** Whole rows, 16-bit samples big-endian. */
function* rowsOf({ width, height, channels, pixels }: Film): Generator<Buffer, void> {
  const samples = width * channels;
  for (let row = 0; row < height; row += rowsAtOnce) {
    const part = pixels.subarray(row * samples, Math.min(height, row + rowsAtOnce) * samples);
    const view = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    yield part instanceof Uint16Array ? Buffer.from(view).swap16() : view;
  }
}

async function writeDown(path: string, pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let size = 0;
    for await (const piece of pieces) {
      await file.writeFile(piece);
      size += piece.length;
    }
    await file.sync();
    return size;
  } finally {
    await file.close();
  }
}
