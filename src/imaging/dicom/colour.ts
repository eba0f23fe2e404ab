import { FilmError } from '../film.js';
import type { Attributes } from './attributes.js';
import { readLut } from './lut.js';
import type { PixelLayout } from './pixelLayout.js';
import { broken } from './refusals.js';
import { tags } from './tags.js';
import type { PixelCoding } from './transferSyntax.js';

/**
 * Stored samples of a colour picture → RGB, interleaved, 8 bits. JPEG and JPEG 2000 convert YBR to RGB themselves; all
 * other codings leave it as it is.
 */
export function rgbOf(
  stored: Uint8Array | Uint16Array,
  layout: PixelLayout,
  coding: PixelCoding,
  attributes: Attributes,
): Uint8Array {
  const { photometric } = layout;
  if (photometric === 'PALETTE COLOR') return fromPalette(stored, layout, attributes);
  if (!(stored instanceof Uint8Array))
    throw new FilmError('unsupported-image', 'The DICOM file holds colour of more than 8 bits: send 8.');
  const native = coding === 'native';
  const interleaved =
    photometric === 'YBR_FULL_422' && native
      ? from422(stored, layout)
      : native && layout.planar
        ? fromPlanes(stored)
        : stored;
  const isRgb = photometric === 'RGB' || coding === 'jpeg' || photometric === 'YBR_ICT' || photometric === 'YBR_RCT';
  return isRgb ? interleaved : fromYbr(interleaved);
}

function fromPlanes(planes: Uint8Array): Uint8Array {
  const area = planes.length / 3;
  return planes.map((_, i) => planes[(i % 3) * area + Math.floor(i / 3)]!);
}

/** Two pixels in four bytes, Y Y CB CR: PS3.3, section C.7.6.3.1.2. */
function from422(stored: Uint8Array, { width, height }: PixelLayout): Uint8Array {
  const all = new Uint8Array(width * height * 3);
  for (let pixel = 0, to = 0; pixel < width * height; pixel++, to += 3) {
    const pair = (pixel >> 1) * 4;
    all[to] = stored[pair + (pixel & 1)]!;
    all[to + 1] = stored[pair + 2]!;
    all[to + 2] = stored[pair + 3]!;
  }
  return all;
}

/** Full-range Rec. 601, as in JFIF. */
function fromYbr(ybr: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(ybr.length);
  for (let i = 0; i < ybr.length; i += 3) {
    const [y, b, r] = [ybr[i]!, ybr[i + 1]! - 128, ybr[i + 2]! - 128];
    rgb[i] = y + 1.402 * r;
    rgb[i + 1] = y - 0.344136 * b - 0.714136 * r;
    rgb[i + 2] = y + 1.772 * b;
  }
  return new Uint8Array(rgb.buffer);
}

/** Entries of 8 bits, or of 16 bits whose upper byte is shown. */
function fromPalette(stored: Uint8Array | Uint16Array, layout: PixelLayout, attributes: Attributes): Uint8Array {
  const channels = palettes.map(([descriptor, data]) => {
    const lut = readLut(attributes, layout.signed, { descriptor, data });
    if (lut === undefined) throw broken('its palette is missing');
    return lut;
  });
  const rgb = new Uint8Array(stored.length * 3);
  channels.forEach(({ valueAt, greatest }, channel) => {
    for (let i = 0, to = channel; i < stored.length; i++, to += 3) {
      const value = valueAt(stored[i]!);
      rgb[to] = greatest > 255 ? value >> 8 : value;
    }
  });
  return rgb;
}

const palettes = [
  [tags.redPaletteDescriptor, tags.redPalette],
  [tags.greenPaletteDescriptor, tags.greenPalette],
  [tags.bluePaletteDescriptor, tags.bluePalette],
] as const;
