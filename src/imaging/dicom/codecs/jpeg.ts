import sharp from 'sharp';
import { FilmError } from '../../film.js';
import { withoutStrayBytes } from '../../strayBytes.js';
import type { PixelLayout } from '../pixelLayout.js';
import { broken } from '../refusals.js';

/** Lossy 8-bit JPEG: baseline, extended, progressive. Colour comes out as RGB, however it was encoded. */
export async function decodeJpeg(
  frame: Uint8Array,
  { width, height, samplesPerPixel, photometric }: PixelLayout,
): Promise<Uint8Array> {
  const clean = withoutStrayBytes(frame);
  const { data, info } = await sharp(photometric === 'RGB' ? sayingRgb(clean) : clean, {
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

/** The segment of Adobe that says: no colour transform. */
const adobe = Buffer.from('ffee000e41646f6265000e0000000000', 'hex');
const jfifMarker = 0xe0;
const adobeMarker = 0xee;

/**
 * If neither JFIF nor Adobe says what its components are, decoders take three for YCbCr. In a DICOM file its
 * photometric interpretation says it.
 */
function sayingRgb(jpeg: Uint8Array): Uint8Array {
  const [, , , marker] = jpeg;
  if (marker === jfifMarker || marker === adobeMarker) return jpeg;
  return Buffer.concat([jpeg.subarray(0, 2), adobe, jpeg.subarray(2)]);
}
