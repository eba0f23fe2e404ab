import type { PixelLayout } from '../pixelLayout.js';
import { broken } from '../refusals.js';

const headerBytes = 64;
/** Two bytes expand to at most 128. */
const mostExpansion = 64;

/**
 * RLE Lossless: PackBits, one segment for each byte of a sample, highest first (PS3.5, annex G). Samples come out
 * interleaved.
 */
export function decodeRle(frame: Uint8Array, layout: PixelLayout): Uint8Array | Uint16Array {
  const { width, height, samplesPerPixel, bitsAllocated } = layout;
  const area = width * height;
  const sampleBytes = bitsAllocated / 8;
  const segments = samplesPerPixel * sampleBytes;
  if (frame.length < headerBytes || frame.length * mostExpansion < area * segments)
    throw broken('its RLE is too short');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== segments) throw broken('its RLE has other segments than its samples');
  const offsets = Array.from({ length: segments }, (_, i) => view.getUint32(4 + 4 * i, true));
  const plane = new Uint8Array(area);
  const samples =
    bitsAllocated === 16 ? new Uint16Array(area * samplesPerPixel) : new Uint8Array(area * samplesPerPixel);
  offsets.forEach((start, i) => {
    unpack(frame.subarray(Math.max(start, headerBytes), offsets[i + 1] ?? frame.length), plane);
    const shift = 8 * (sampleBytes - 1 - (i % sampleBytes));
    const sample = Math.floor(i / sampleBytes);
    for (let p = 0, to = sample; p < area; p++, to += samplesPerPixel) samples[to]! |= plane[p]! << shift;
  });
  return samples;
}

function unpack(packed: Uint8Array, plane: Uint8Array): void {
  let to = 0;
  for (let at = 0; at < packed.length && to < plane.length;) {
    const control = packed[at++]!;
    if (control === 128) continue;
    const count = Math.min(control < 128 ? control + 1 : 257 - control, plane.length - to);
    if (control < 128) {
      if (at + count > packed.length) break;
      plane.set(packed.subarray(at, at + count), to);
      at += count;
    } else {
      if (at >= packed.length) break;
      plane.fill(packed[at++]!, to, to + count);
    }
    to += count;
  }
  if (to < plane.length) throw broken('its RLE ends before its picture');
}
