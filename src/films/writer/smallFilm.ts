import sharp from 'sharp';
import type { Film } from '../../imaging/index.js';

/** Longest sides in pixels. */
const previewSide = 1500;
const thumbnailSide = 256;

type Window = readonly [low: number, high: number];

/** Shown until the whole film has arrived: 8-bit films with their own values, 16-bit films windowed. */
export function previewOf(film: Film, window: Window): Promise<Buffer> {
  return jpegOf(film, { side: previewSide, window: film.facts.bits === 16 ? window : [0, 255], quality: 85 });
}

/** For lists: windowed, so that a dark film can be told from a bright one. */
export function thumbnailOf(film: Film, window: Window): Promise<Buffer> {
  return jpegOf(film, { side: thumbnailSide, window, quality: 80 });
}

interface Small {
  readonly side: number;
  readonly window: Window;
  readonly quality: number;
}

/** Shrunk at full depth, then windowed: the reverse order would be slower and no better. */
async function jpegOf(
  { width, height, channels, pixels, facts }: Film,
  { side, window: [low, high], quality }: Small,
): Promise<Buffer> {
  const deep = facts.bits === 16;
  const { data, info } = await sharp(pixels, { raw: { width, height, channels } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace(channels === 1 ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb')
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const samples = deep ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
  const shown = Uint8Array.from(samples, (value) =>
    Math.round((255 * (Math.min(high, Math.max(low, value)) - low)) / (high - low)),
  );
  return sharp(shown, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality })
    .toBuffer();
}
