import { Decoder } from 'jpeg-lossless-decoder-js';
import type { PixelLayout } from '../pixelLayout.js';
import { broken } from '../refusals.js';

/** JPEG lossless, process 14, any predictor. */
export function decodeJpegLossless(
  frame: Uint8Array<ArrayBuffer>,
  { width, height, samplesPerPixel }: PixelLayout,
): Uint8Array | Uint16Array {
  const decoder = new Decoder();
  let samples: Uint8Array | Uint16Array | null;
  try {
    samples = decoder.decode(frame.buffer, frame.byteOffset, frame.byteLength);
  } catch {
    throw broken('its lossless JPEG can not be read');
  }
  if (samples?.length !== width * height * samplesPerPixel || decoder.yLoc < decoder.yDim)
    throw broken('its lossless JPEG ends too early');
  return samples;
}
