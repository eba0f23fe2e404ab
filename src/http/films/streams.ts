import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type KeptFilm, readPng, writePng } from '../../films/index.js';

/** The PNG as it is kept. */
export function storedPng({ filmPath }: KeptFilm): Readable {
  return createReadStream(filmPath);
}

/**
 * A 16-bit film as an 8-bit PNG, its window stretched over all grey levels. Made row by row while it is sent, so only a
 * few rows are in memory at a time.
 */
export function previewPng(film: KeptFilm, window: readonly [number, number]): Readable {
  const table = displayTable(window);
  const { width, height, channels } = film;
  return Readable.from(writePng({ width, height, channels, bits: 8 }, shown(readPng(film, bytesOf(film)), table)), {
    objectMode: false,
  });
}

/** The samples of a 16-bit film, row by row from the top, little-endian. */
export function rawSamples(film: KeptFilm): Readable {
  return Readable.from(littleEnded(readPng(film, bytesOf(film))), { objectMode: false });
}

/** Opened on the first read: an answer that never begins leaves no file open. */
async function* bytesOf({ filmPath }: KeptFilm): AsyncGenerator<Buffer, void> {
  for await (const piece of createReadStream(filmPath)) {
    if (!Buffer.isBuffer(piece)) throw new Error('files are read as bytes');
    yield piece;
  }
}

async function* shown(rows: AsyncIterable<Buffer>, table: Uint8Array): AsyncGenerator<Buffer, void> {
  for await (const piece of rows) {
    const grey = Buffer.allocUnsafe(piece.length / 2);
    for (let i = 0; i < grey.length; i++) grey[i] = table[((piece[2 * i] ?? 0) << 8) | (piece[2 * i + 1] ?? 0)] ?? 0;
    yield grey;
  }
}

async function* littleEnded(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const piece of rows) yield piece.swap16();
}

function displayTable([low, high]: readonly [number, number]): Uint8Array {
  return Uint8Array.from({ length: 65536 }, (_, value) =>
    Math.round((255 * (Math.min(high, Math.max(low, value)) - low)) / (high - low)),
  );
}
