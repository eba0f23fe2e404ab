import { broken } from '../refusals.js';
import type { PixelLayout } from '../pixelLayout.js';

/** What a code stream's header says, before anything is allocated for it. */
export interface CodeStream {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly bits: number;
}

/** Frame header of JPEG (ITU-T T.81, B.2.2) and JPEG-LS (T.87, C.2.2). */
export function jpegFrame(bytes: Uint8Array): CodeStream {
  const view = viewOf(bytes);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) throw broken('its pixel data is no JPEG');
  for (let at = 2; at + 10 <= view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (isFrameHeader(marker))
      return {
        bits: view.getUint8(at + 4),
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
      };
    else if (marker === startOfScan) break;
    else at += 2 + view.getUint16(at + 2);
  }
  throw broken('its JPEG has no frame header');
}

const startOfScan = 0xda;

/** SOF0 to SOF15 and SOF55, but not the tables numbered between them. */
function isFrameHeader(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc);
}

/**
 * If their data ends early, the lossless decoders and OpenJPH continue with zeros, CharLS for seconds. So a cut stream
 * is recognised by its missing end marker (EOI, or EOC of JPEG 2000), which a byte of padding may follow.
 *
 * @throws FilmError
 */
export function assertEnds(bytes: Uint8Array): void {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  if (bytes[end - 2] !== 0xff || bytes[end - 1] !== endOfImage) throw broken('its code stream is cut');
}

const endOfImage = 0xd9;

/** SOC and SIZ of a JPEG 2000 code stream (ITU-T T.800, A.5.1). */
export function jpeg2000Frame(bytes: Uint8Array): CodeStream {
  const view = viewOf(bytes);
  if (view.byteLength < 43 || view.getUint32(0) !== 0xff4fff51) throw broken('its pixel data is no JPEG 2000');
  return {
    width: view.getUint32(8) - view.getUint32(16),
    height: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
    bits: (view.getUint8(42) & 0x7f) + 1,
  };
}

/**
 * Every tile of a JPEG 2000 picture has a part in its code stream (ITU-T T.800, A.4.2 and B.3). Where one has none, the
 * decoders leave grey, and say nothing.
 *
 * @throws FilmError
 */
export function assertEveryTile(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  const along = (size: number, first: number, tile: number) =>
    Math.ceil((view.getUint32(size) - view.getUint32(first)) / view.getUint32(tile));
  const tiles = along(8, 32, 24) * along(12, 36, 28);
  const seen = new Set<number>();
  for (let at = 2; at + 12 <= view.byteLength;) {
    const isTilePart = view.getUint16(at) === startOfTilePart;
    if (isTilePart) seen.add(view.getUint16(at + 4));
    const length = isTilePart ? view.getUint32(at + 6) : 2 + view.getUint16(at + 2);
    // The last part may say 0: it goes to the end.
    if (length === 0) break;
    at += length;
  }
  if (!(seen.size >= tiles)) throw broken('its code stream lacks parts of its picture');
}

const startOfTilePart = 0xff90;

/**
 * The code stream in a JP2 file (ITU-T T.800, annex I): some writers put a whole file where only the code stream may
 * be. Anything else comes back as it is.
 */
export function withoutJp2Boxes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = viewOf(bytes);
  if (view.byteLength < 12 || view.getUint32(4) !== jp2Signature) return bytes;
  for (let at = 0; at + 8 <= view.byteLength;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === contiguousCodeStream)
      return bytes.subarray(at + 8, length === 0 ? undefined : at + length);
    if (length < 8) break;
    at += length;
  }
  return bytes;
}

/** The letters jP and two blanks; jp2c. */
const jp2Signature = 0x6a502020;
const contiguousCodeStream = 0x6a703263;

/** @throws FilmError if the stream holds another picture than its file says */
export function assertSamePicture(stream: CodeStream, layout: PixelLayout): void {
  if (stream.width !== layout.width || stream.height !== layout.height)
    throw broken('its code stream has another size than its rows and columns');
  if (stream.components !== layout.samplesPerPixel) throw broken('its code stream has other samples than it says');
  if (stream.bits > layout.bitsAllocated) throw broken('its code stream has more bits than it says');
}

/** A film compressed a hundredfold, with loss, has 50 or 100. */
const mostPixelsPerByte = 1000;
/** Small pictures that are almost empty take fewer bytes: 1024 × 256 pixels were seen in less than 262. */
const freePixels = 4_000_000;

/**
 * A few bytes that claim a large picture cost memory and seconds, and decoders of JPEG 2000 may show grey for what is
 * not there.
 *
 * @throws FilmError
 */
export function assertLongEnough(bytes: Uint8Array, { width, height }: PixelLayout): void {
  if (width * height > freePixels + bytes.length * mostPixelsPerByte)
    throw broken('its code stream is too short for its picture');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
