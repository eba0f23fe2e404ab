import dicomParser, { type ByteArrayParser, type ByteStream, type Element } from 'dicom-parser';
import { constants } from 'node:buffer';
import { inflateRawSync } from 'node:zlib';
import { FilmError } from '../film.js';
import { Attributes, type Elements } from './attributes.js';
import { broken, refusedSyntax } from './refusals.js';
import { hasVr, tags, vrOf } from './tags.js';
import { findTransferSyntax, type PixelCoding, type TransferSyntax } from './transferSyntax.js';

/** A film's data set, up to and including its pixels. */
export interface DataSet {
  readonly attributes: Attributes;
  readonly syntax: TransferSyntax & { readonly uid: string; readonly coding: PixelCoding };
}

/** As many as a buffer can have: no limit on a deflated file. */
export const mostBytes = constants.MAX_LENGTH;

/** After the preamble, whose bytes don't matter, and the letters DICM. */
const startOfMeta = 132;

/**
 * Reads a DICOM Part 10 file (PS3.10, section 7) up to and including its pixels.
 *
 * @param mostInflatedBytes limit for a deflated file
 * @throws FilmError
 */
export function readDataSet(bytes: Uint8Array, mostInflatedBytes: number): DataSet {
  // Whatever the transfer syntax is, group 0002 is explicit VR little endian.
  const littleEndian = bounded(dicomParser.littleEndianByteArrayParser);
  const head = streamOf(littleEndian, bytes, startOfMeta);
  const meta = readElements(head, {
    implicit: false,
    isOver: () => bytes[head.position] !== 2 || bytes[head.position + 1] !== 0,
  });
  const uid = new Attributes(meta, bytes, false).text(tags.transferSyntaxUid);
  if (uid === undefined) throw broken('it names no transfer syntax (0002,0010)');
  const syntax = findTransferSyntax(uid);
  if (syntax?.coding === undefined) throw refusedSyntax(uid, syntax?.name);
  const { coding, bigEndian = false, implicit = false, deflated = false } = syntax;
  const data = deflated ? inflated(bytes.subarray(head.position), mostInflatedBytes) : bytes;
  const parser = bigEndian ? bounded(dicomParser.bigEndianByteArrayParser) : littleEndian;
  const body = streamOf(parser, data, deflated ? 0 : head.position);
  const elements = readElements(body, { implicit, isOver: (read) => tags.pixelData in read });
  return { attributes: new Attributes(elements, data, bigEndian), syntax: { ...syntax, uid, coding } };
}

/** Limit on numbers read to find the elements of a file, about four for each. Real films have hundreds of elements. */
const mostReads = 100_000;

/** A parser that gives up on a file with too many elements or fragments before they fill the memory. */
function bounded(parser: ByteArrayParser): ByteArrayParser {
  let reads = 0;
  const counted =
    (read: (bytes: Uint8Array, position: number) => number) =>
    (bytes: Uint8Array, position: number): number => {
      if (++reads > mostReads) throw broken('it has more elements than any film');
      return read(bytes, position);
    };
  return { ...parser, readUint16: counted(parser.readUint16), readUint32: counted(parser.readUint32) };
}

function streamOf(parser: ByteArrayParser, bytes: Uint8Array, position: number): ByteStream {
  if (position >= bytes.length) throw broken('it ends with its header');
  return new dicomParser.ByteStream(parser, bytes, position);
}

interface Extent {
  readonly implicit: boolean;
  readonly isOver: (read: Elements) => boolean;
}

/** Elements in order, until the extent or the file ends. */
function readElements(stream: ByteStream, { implicit, isOver }: Extent): Elements {
  const elements: Record<string, Element> = {};
  const end = stream.byteArray.length;
  while (stream.position < end && !isOver(elements)) {
    const element = readElement(stream, implicit);
    // A truncated value counts as missing, whatever its element says.
    if (stream.position > end) throw broken('an element says that it is longer than what is left of the file');
    elements[element.tag] = element;
  }
  return elements;
}

function readElement(stream: ByteStream, implicit: boolean): Element {
  const warnings: string[] = [];
  let element: Element;
  try {
    element = implicit
      ? dicomParser.readDicomElementImplicit(stream, undefined, hasVr(nextTag(stream)) ? vrOf : undefined)
      : dicomParser.readDicomElementExplicit(stream, warnings);
  } catch (error) {
    // dicom-parser throws strings; deeply nested sequences end in a RangeError. Neither is passed on as a cause, since
    // it may hold the whole file.
    if (error instanceof FilmError) throw error;
    throw broken(error instanceof RangeError ? 'its sequences are too deep' : 'its elements can not be followed');
  }
  const [warning] = [...warnings, ...stream.warnings];
  if (warning !== undefined) throw broken('a sequence or its pixel data has no end');
  return element;
}

function nextTag(stream: ByteStream): string {
  const tag = dicomParser.readTag(stream);
  stream.seek(-4);
  return tag;
}

function inflated(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.min(maxOutputLength, mostBytes) });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    throw tooLarge
      ? new FilmError('image-too-large', 'The DICOM file inflates to more than a film of the largest size has.')
      : broken('its deflated part can not be inflated');
  }
}
