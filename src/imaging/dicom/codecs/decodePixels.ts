import { FilmError } from '../../film.js';
import type { DataSet } from '../readDataSet.js';
import { nativePixels } from '../nativePixels.js';
import type { PixelLayout } from '../pixelLayout.js';
import {
  assertEnds,
  assertEveryTile,
  assertLongEnough,
  assertSamePicture,
  jpeg2000Frame,
  jpegFrame,
  withoutJp2Boxes,
} from './codeStream.js';
import { codedFrame } from './frame.js';
import { decodeRle } from './rle.js';

/**
 * The stored samples of a film, whatever its transfer syntax; several per pixel are interleaved. Codecs are loaded with
 * the first film that needs them.
 *
 * @throws FilmError
 */
export async function decodePixels(
  { attributes, syntax }: DataSet,
  layout: PixelLayout,
): Promise<Uint8Array | Uint16Array> {
  if (syntax.coding === 'native') return nativePixels(attributes, layout);
  const coded = codedFrame(attributes);
  if (syntax.coding === 'rle') return decodeRle(coded, layout);
  const is2000 = syntax.coding === 'jpeg-2000' || syntax.coding === 'htj2k';
  const frame = is2000 ? withoutJp2Boxes(coded) : coded;
  const stream = is2000 ? jpeg2000Frame(frame) : jpegFrame(frame);
  if (syntax.coding === 'jpeg' && stream.bits !== 8) throw tooDeep(syntax, stream.bits);
  assertSamePicture(stream, layout);
  assertLongEnough(frame, layout);
  if (is2000) assertEveryTile(frame);
  // OpenJPEG itself detects where its data ends.
  if (syntax.coding !== 'jpeg-2000') assertEnds(frame);
  if (syntax.coding === 'jpeg') return (await import('./jpeg.js')).decodeJpeg(frame, layout);
  if (syntax.coding === 'jpeg-lossless') return (await import('./jpegLossless.js')).decodeJpegLossless(frame, layout);
  const { decodeWasm, wasmCodecs } = await import('./wasm.js');
  return decodeWasm(wasmCodecs[syntax.coding], frame, layout);
}

function tooDeep({ name, uid }: DataSet['syntax'], bits: number): FilmError {
  return new FilmError(
    'unsupported-image',
    `The transfer syntax of the DICOM file is ${name} (${uid}) with ${bits} bits a sample, which is not read here. ` +
      'Send it as Explicit VR Little Endian: dcmdjpeg or the PACS can convert it.',
  );
}
