import { FilmError, type FilmFormat } from './film.js';

/**
 * The format of an upload by its first bytes, never by what the client calls it.
 *
 * @throws FilmError `unsupported-image`, which names what the bytes look like instead
 */
export function sniffFormat(bytes: Uint8Array): FilmFormat {
  const found = signatures.find((signature) => signature.matches(bytes));
  if (found?.format !== undefined) return found.format;
  const name = found?.name ?? (looksLikeText(bytes) ? 'text' : undefined);
  const seen =
    bytes.length === 0
      ? 'it is empty'
      : name === undefined
        ? 'its first bytes are of no known image format'
        : `it looks like ${name}`;
  throw new FilmError('unsupported-image', `Not a DICOM, JPEG, PNG, TIFF or WebP image: ${seen}.`);
}

interface Signature {
  readonly matches: (bytes: Uint8Array) => boolean;
  /** Signatures of the formats that are decoded. */
  readonly format?: FilmFormat;
  /** Signatures of other formats, for the message. */
  readonly name?: string;
}

const at = (offset: number, text: string) => (bytes: Uint8Array) => ascii(bytes, offset, text.length) === text;
const textStart = (pattern: RegExp) => (bytes: Uint8Array) => pattern.test(ascii(bytes, 0, 512).trimStart());

/** Tried in order: unmistakable signatures come before merely likely ones. */
const signatures: readonly Signature[] = [
  // Before all others: its first 128 bytes may be anything, even the beginning of a TIFF (PS3.10, section 7.1).
  { matches: at(128, 'DICM\x02\0'), format: 'dicom' },
  { matches: at(0, '\xff\xd8\xff'), format: 'jpeg' },
  { matches: at(0, '\x89PNG\r\n\x1a\n'), format: 'png' },
  { matches: at(0, 'II*\0'), format: 'tiff' },
  { matches: at(0, 'MM\0*'), format: 'tiff' },
  // BigTIFF
  { matches: at(0, 'II+\0'), format: 'tiff' },
  { matches: at(0, 'MM\0+'), format: 'tiff' },
  { matches: (bytes) => at(0, 'RIFF')(bytes) && at(8, 'WEBP')(bytes), format: 'webp' },
  { matches: at(128, 'DICM'), name: 'DICOM without its file header (group 0002)' },
  // DICOM without its preamble starts with group 0002 or 0008, little endian.
  {
    matches: (bytes) => /^[\x02\x08]\0[\0-\x20]\0(?:UL|UI|OB|CS|SH|LO|DA)/.test(ascii(bytes, 0, 6)),
    name: 'DICOM (without preamble)',
  },
  { matches: at(0, '%PDF-'), name: 'PDF' },
  { matches: at(0, 'GIF8'), name: 'GIF' },
  { matches: at(0, 'PK\x03\x04'), name: 'a ZIP archive' },
  { matches: at(0, '\x1f\x8b'), name: 'gzip' },
  { matches: at(0, 'BM'), name: 'BMP' },
  { matches: at(0, '\0\0\0\x0cjP  '), name: 'JPEG 2000' },
  { matches: at(0, '\xff\x4f\xff\x51'), name: 'JPEG 2000' },
  { matches: at(0, '\0\0\0\x0cJXL '), name: 'JPEG XL' },
  { matches: at(0, '\xff\x0a'), name: 'JPEG XL' },
  {
    matches: (bytes) => at(4, 'ftyp')(bytes) && /^(?:avif|avis|heic|heix|mif1|msf1)/.test(ascii(bytes, 8, 4)),
    name: 'HEIF or AVIF',
  },
  { matches: at(0, '\x89HDF\r\n'), name: 'HDF5' },
  { matches: at(0, '\x5c\x01\0\0'), name: 'NIfTI' },
  {
    matches: textStart(
      /^(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)?(?:<!DOCTYPE svg[\s\S]*?>\s*)?<svg[\s>]/i,
    ),
    name: 'SVG',
  },
  { matches: textStart(/^(?:\xef\xbb\xbf)?(?:<!DOCTYPE html|<html|<head|<body)/i), name: 'an HTML page' },
  { matches: textStart(/^(?:\xef\xbb\xbf)?<\?xml/i), name: 'XML' },
  { matches: at(0, 'version https://git-lfs'), name: 'a Git LFS pointer' },
];

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function looksLikeText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 512);
  return start.length > 0 && start.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
