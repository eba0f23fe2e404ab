import { FilmError, type FilmFormat } from './film.js';

/** What libvips doesn't report about a file, but what decides whether it may become a film. */
export interface FileHeader {
  /** Greater values are darker in the file (TIFF photometric interpretation 0); libvips inverts them. */
  readonly minIsWhite: boolean;
  /**
   * Significant bits of a sample. They don't change the picture: by the PNG specification samples are scaled to the
   * whole depth whatever sBIT says, and by TIFF 6.0 MaxSampleValue is only for statistics. But if no sample is greater,
   * they show that samples were not scaled.
   */
  readonly significantBits?: number;
}

/**
 * Reads the few header fields that the decoder would silently ignore: animation in PNG, sample format in TIFF,
 * precision and process in JPEG. Never fails on broken bytes: that's up to the decoder.
 *
 * @throws FilmError `unsupported-image`
 */
export function readFileHeader(bytes: Uint8Array, format: FilmFormat): FileHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'jpeg') refuseRareJpeg(view);
  if (format === 'tiff') return readTiff(view);
  return { minIsWhite: false, ...(format === 'png' ? readPng(view) : {}) };
}

/**
 * The chunks before the first IDAT: an animated PNG carries acTL (https://www.w3.org/TR/png-3/#acTL-chunk), sBIT the
 * significant bits of each channel (#11sBIT).
 */
function readPng(view: DataView): Pick<FileHeader, 'significantBits'> {
  let significantBits: number | undefined;
  for (let offset = 8; offset + 8 <= view.byteLength;) {
    const [length, type] = [view.getUint32(offset), view.getUint32(offset + 4)];
    if (type === 0x6163544c) throw new FilmError('unsupported-image', 'An animated PNG: one film at a time.');
    if (type === 0x49444154) break;
    if (type === 0x73424954 && length > 0 && length <= 4 && offset + 8 + length <= view.byteLength)
      significantBits = Math.max(...Array.from({ length }, (_, i) => view.getUint8(offset + 8 + i)));
    offset += 12 + length;
  }
  return significantBits === undefined ? {} : { significantBits };
}

/** Frame header of a JPEG (ITU-T T.81, B.2.2): which process, how many bits a sample. */
function refuseRareJpeg(view: DataView): void {
  for (let offset = 2; offset + 5 <= view.byteLength && view.getUint8(offset) === 0xff;) {
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker === 0xda) return;
    if (marker === 0xf7)
      throw new FilmError(
        'unsupported-image',
        'JPEG-LS is not supported; send PNG, TIFF or baseline or progressive JPEG.',
      );
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const bits = view.getUint8(offset + 4);
      if (bits !== 8)
        throw new FilmError(
          'unsupported-image',
          `A JPEG of ${bits} bits a sample is not supported; send 16-bit PNG or TIFF.`,
        );
      if (marker % 4 === 3)
        throw new FilmError('unsupported-image', 'Lossless JPEG is not supported; send PNG or TIFF.');
      return;
    }
    offset += 2 + view.getUint16(offset + 2);
  }
}

const photometricTag = 262;
const bitsTag = 258;
const sampleFormatTag = 339;
const maxSampleTag = 281;

/**
 * First directory of a TIFF or BigTIFF (TIFF 6.0, section 2): whether zero is white, and the greatest sample.
 * Samples that are not unsigned integers of 1, 2, 4, 8 or 16 bits are refused.
 */
function readTiff(view: DataView): FileHeader {
  const tags = tiffTags(view);
  const sampleFormat = tags.get(sampleFormatTag) ?? 1;
  if (sampleFormat === 3)
    throw new FilmError('unsupported-image', 'A TIFF of floating-point samples is not supported; send 8 or 16 bits.');
  if (sampleFormat !== 1)
    throw new FilmError('unsupported-image', 'A TIFF of other than unsigned samples is not supported.');
  const bits = tags.get(bitsTag) ?? 1;
  if (![1, 2, 4, 8, 16].includes(bits))
    throw new FilmError('unsupported-image', `A TIFF of ${bits} bits a sample is not supported; send 8 or 16.`);
  const rare = rareColours.get(tags.get(photometricTag) ?? 1);
  if (rare !== undefined)
    throw new FilmError('unsupported-image', `A TIFF of ${rare} is not supported; send grey or RGB.`);
  const greatest = tags.get(maxSampleTag);
  return {
    minIsWhite: tags.get(photometricTag) === 0,
    ...(greatest === undefined || greatest < 1 ? {} : { significantBits: Math.ceil(Math.log2(greatest + 1)) }),
  };
}

/** Photometric interpretations that are valid, but need a special conversion to grey or RGB. */
const rareColours: ReadonlyMap<number, string> = new Map([
  [4, 'a transparency mask'],
  [8, 'CIELab colours'],
  [9, 'ICCLab colours'],
  [10, 'ITULab colours'],
  [32803, 'a colour filter array (raw sensor data)'],
  [32844, 'LogL luminances'],
  [32845, 'LogLuv colours'],
  [34892, 'linear raw sensor data'],
]);

/** Bytes of BYTE, SHORT and LONG (TIFF 6.0, section 2). */
const sizeOfType: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [3, 2],
  [4, 4],
]);

/** The first value of each tag that is read here; tags that lie outside the file are left out. */
function tiffTags(view: DataView): Map<number, number> {
  const tags = new Map<number, number>();
  if (view.byteLength < 16) return tags;
  const little = view.getUint8(0) === 0x49;
  const big = view.getUint16(2, little) === 43;
  const address = (offset: number) =>
    big ? Number(view.getBigUint64(offset, little)) : view.getUint32(offset, little);
  const start = address(big ? 8 : 4);
  const [countSize, entrySize, valueOffset] = big ? [8, 20, 12] : [2, 12, 8];
  if (start + countSize > view.byteLength) return tags;
  const count = big ? address(start) : view.getUint16(start, little);
  for (let i = 0; i < count; i++) {
    const entry = start + countSize + i * entrySize;
    if (entry + entrySize > view.byteLength) break;
    const tag = view.getUint16(entry, little);
    if (tag !== photometricTag && tag !== bitsTag && tag !== sampleFormatTag && tag !== maxSampleTag) continue;
    // SHORTs as a rule; BYTE and LONG are legal. More than fit into the entry lie at the address that it holds instead.
    const size = sizeOfType.get(view.getUint16(entry + 2, little));
    if (size === undefined) continue;
    const values = big ? Number(view.getBigUint64(entry + 4, little)) : view.getUint32(entry + 4, little);
    const inline = values * size <= entrySize - valueOffset;
    const at = inline ? entry + valueOffset : address(entry + valueOffset);
    if (at + size > view.byteLength) continue;
    tags.set(
      tag,
      size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, little) : view.getUint32(at, little),
    );
  }
  return tags;
}
