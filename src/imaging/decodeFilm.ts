import { createHash } from 'node:crypto';
import sharp, { type Metadata } from 'sharp';
import { readFileHeader } from './fileHeader.js';
import { type Film, FilmError, type FilmFormat } from './film.js';
import { assertSize } from './filmSize.js';
import { rangeUsed } from './rangeUsed.js';
import { withUsualHeaders } from './jpegHeaders.js';
import { withoutStrayBytes } from './strayBytes.js';
import { sniffFormat } from './sniff.js';

// Whoever decodes loads this module, and with it these settings: only the four loaders that films need stay open
// (libvips has more than twenty, all of them reading hostile bytes), nothing is cached between films, and one film uses
// one core.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadTiff', 'VipsForeignLoadWebp'],
});
sharp.cache(false);
sharp.concurrency(1);

export interface DecodeOptions {
  /** Width · height; counted from the header, before any pixel is allocated. */
  readonly maxPixels: number;
  /** Also accepts DICOM secondary captures. */
  readonly secondaryCapture?: boolean;
}

/**
 * Uploaded bytes → an upright film at full depth, grey or RGB as it was stored. Stored values are kept: no colour
 * profile is applied (except to CMYK, whose values no screen can show without one), alpha is dropped. For DICOM, whose
 * stored values mean nothing by themselves, the grey levels are as the file wants them displayed.
 * `facts.preparation.window` is null: windowing comes later.
 *
 * @throws FilmError
 */
export async function decodeFilm(bytes: Uint8Array, options: DecodeOptions): Promise<Film> {
  const format = sniffFormat(bytes);
  // Loaded with the first DICOM film: nobody else pays for it.
  if (format === 'dicom') return (await import('./dicom/decodeDicom.js')).decodeDicom(bytes, options);
  const { minIsWhite, significantBits } = readFileHeader(bytes, format);
  const metadata = await readMetadata(bytes);
  const clean = format === 'jpeg' ? withUsualHeaders(withoutStrayBytes(bytes)) : bytes;
  assertOneFilm(metadata, options);
  const layout = layoutOf(metadata);
  const { data, info } = await sharp(clean, {
    limitInputPixels: options.maxPixels,
    ignoreIcc: layout.ignoreIcc,
    failOn: failOn(format),
  })
    .autoOrient()
    .removeAlpha()
    .toColourspace(layout.space)
    .raw({ depth: layout.bits === 16 ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(broken);
  if (info.channels !== layout.channels)
    throw new FilmError('unsupported-image', `An image of ${metadata.channels} channels is neither grey nor colour.`);
  const { width, height } = info;
  const pixels =
    layout.bits === 16
      ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    width,
    height,
    channels: layout.channels,
    pixels,
    ...(significantBits === undefined ? {} : { significantBits }),
    facts: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      width,
      height,
      format,
      bits: layout.bits,
      preparation: {
        window: null,
        inverted: minIsWhite,
        orientation: orientationOf(metadata),
        rangeUsed: rangeUsed(pixels, 2 ** layout.bits - 1),
      },
    },
  };
}

/** An invalid orientation (some files say 0 or 9) rotates nothing. */
function orientationOf({ orientation = 1 }: Metadata): number {
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/** Reads only the header. We check the limit on pixels ourselves, so that the message can give the size. */
async function readMetadata(bytes: Uint8Array): Promise<Metadata> {
  return sharp(bytes, { limitInputPixels: false }).metadata().catch(broken);
}

function assertOneFilm({ width, height, pages }: Metadata, { maxPixels }: DecodeOptions): void {
  assertSize({ width, height }, maxPixels);
  if (pages !== undefined && pages > 1)
    throw new FilmError('unsupported-image', `The file holds ${pages} pages or frames: one film at a time.`);
}

/**
 * What makes libvips give up. To it, a JPEG whose data ends early or is corrupt in the middle is only a warning, and
 * the rest of the picture would be invented. In a TIFF, missing pixels are errors, and warnings are about tags that
 * don't matter (an unterminated software name, an orientation of 0).
 */
function failOn(format: FilmFormat): 'warning' | 'error' {
  return format === 'tiff' ? 'error' : 'warning';
}

interface Layout {
  readonly space: 'b-w' | 'srgb' | 'grey16' | 'rgb16';
  readonly channels: 1 | 3;
  readonly bits: 8 | 16;
  readonly ignoreIcc: boolean;
}

/** How to request the pixels: unless told otherwise, sharp cuts 16 bits to 8 and makes one channel into three. */
function layoutOf({ space, depth, channels }: Metadata): Layout {
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new FilmError('unsupported-image', `Samples of type ${depth} are not supported; send 8 or 16 bits.`);
  if (space === 'cmyk') return { space: 'srgb', channels: 3, bits: 8, ignoreIcc: false };
  const grey = space === 'b-w' || space === 'grey16' || channels <= 2;
  if (depth === 'ushort')
    return { space: grey ? 'grey16' : 'rgb16', channels: grey ? 1 : 3, bits: 16, ignoreIcc: true };
  return { space: grey ? 'b-w' : 'srgb', channels: grey ? 1 : 3, bits: 8, ignoreIcc: true };
}

/** Errors of libtiff and libvips for valid files of kinds that they don't know or were built without. */
const unsupported: readonly { readonly pattern: RegExp; readonly says: string }[] = [
  { pattern: /compression support is not configured/i, says: 'A TIFF of this compression is' },
  { pattern: /compression scheme \d+|unknown compression|not implemented/i, says: 'A TIFF of this compression is' },
  {
    pattern: /unsupported (?:tiff )?(?:image type|colou?r|photometric|samplesperpixel|planar)/i,
    says: 'Such a TIFF is',
  },
  { pattern: /tiled separate planes|tiled planar|separate planes/i, says: 'A tiled TIFF of separate planes is' },
];

function broken(cause: unknown): never {
  const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  const kind = unsupported.find(({ pattern }) => pattern.test(reason));
  if (kind !== undefined)
    throw new FilmError(
      'unsupported-image',
      `${kind.says} not supported; send PNG, or TIFF with LZW, deflate or none.`,
      {
        cause,
      },
    );
  throw new FilmError('broken-image', `The image can't be read to its end: ${reason}`, { cause });
}
