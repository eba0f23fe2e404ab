import type { Attributes } from './attributes.js';
import type { PixelLayout } from './pixelLayout.js';
import { broken } from './refusals.js';
import { tags } from './tags.js';

/** Samples of an uncompressed file; 16-bit ones are copied into an array of words. */
export function nativePixels(attributes: Attributes, layout: PixelLayout): Uint8Array | Uint16Array {
  const element = attributes.element(tags.pixelData);
  const value = attributes.value(tags.pixelData);
  if (element === undefined || value === undefined) throw broken('it has no pixel data (7FE0,0010)');
  if (element.encapsulatedPixelData === true)
    throw broken('its transfer syntax is uncompressed and its pixels are not');
  const { width, height, samplesPerPixel, bitsAllocated } = layout;
  const samples = width * height * (layout.photometric === 'YBR_FULL_422' ? 2 : samplesPerPixel);
  const needed = (samples * bitsAllocated) / 8;
  if (value.length < needed)
    throw broken(`${width} × ${height} pixels take ${needed} bytes, and ${value.length} are there`);
  const data = value.subarray(0, needed);
  const { bigEndian } = attributes;
  // Bytes written as words are swapped along with them: PS3.5, annex A.3.
  if (bitsAllocated === 8) return bigEndian && element.vr === 'OW' ? swapped(value).subarray(0, needed) : data;
  return words(data, samples, bigEndian);
}

function words(data: Uint8Array, count: number, bigEndian: boolean): Uint16Array {
  const [low, high] = bigEndian ? [1, 0] : [0, 1];
  const samples = new Uint16Array(count);
  for (let i = 0, at = 0; i < count; i++, at += 2) samples[i] = data[at + low]! | (data[at + high]! << 8);
  return samples;
}

function swapped(value: Uint8Array): Uint8Array {
  const even = value.subarray(0, value.length & ~1);
  return Buffer.from(even).swap16();
}
