import sharp from 'sharp';
import { FilmError } from '../../film.js';
import { withoutStrayBytes } from '../../strayBytes.js';
import type { PixelLayout } from '../pixelLayout.js';
import { broken } from '../refusals.js';

/** Lossy 8-bit JPEG: baseline, extended, progressive. Colour comes out as RGB, however it was encoded. */
export async function decodeJpeg(
  frame: Uint8Array,
  { width, height, samplesPerPixel }: PixelLayout,
): Promise<Uint8Array> {
  const { data, info } = await sharp(withoutStrayBytes(frame), {
    limitInputPixels: width * height,
    ignoreIcc: true,
    failOn: 'warning',
  })
    .toColourspace(samplesPerPixel === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new FilmError('broken-image', "The JPEG in the DICOM file can't be read to its end.", { cause });
    });
  if (info.width !== width || info.height !== height || info.channels !== samplesPerPixel)
    throw broken('its JPEG has another size than its rows and columns');
  return data;
}
