import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** Image files made byte by byte, for what sharp can't or won't write. */

export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint8Array | Uint16Array | Float32Array;
  readonly bits?: number;
  /** 0: zero is white, 1: zero is black. */
  readonly photometric?: 0 | 1;
  readonly samplesPerPixel?: number;
  /** Tag, type, value; instead of or beside the usual ones. */
  readonly oddTags?: readonly [number, number, number][];
  /** 1: unsigned, 2: signed, 3: float. */
  readonly sampleFormat?: 1 | 2 | 3;
}

/** A little-endian TIFF of one strip, not compressed. */
export function tiff(options: TiffOptions): Buffer {
  const {
    width,
    height,
    samples,
    bits = samples.BYTES_PER_ELEMENT * 8,
    photometric = 1,
    samplesPerPixel = 1,
    oddTags = [],
    sampleFormat = 1,
  } = options;
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const short = 3;
  const long = 4;
  const start = 8 + 2 + (10 + oddTags.length) * 12 + 4;
  const tags: [tag: number, type: number, value: number][] = [
    [256, long, width],
    [257, long, height],
    [258, short, bits],
    [259, short, 1],
    [262, short, photometric],
    [273, long, start],
    [277, short, samplesPerPixel],
    [278, long, height],
    [279, long, data.length],
    [339, short, sampleFormat],
    ...oddTags,
  ];
  const header = Buffer.alloc(start);
  header.write('II*\0', 0, 'latin1');
  header.writeUInt32LE(8, 4);
  header.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, value], i) => {
    const at = 10 + i * 12;
    header.writeUInt16LE(tag, at);
    header.writeUInt16LE(type, at + 2);
    header.writeUInt32LE(1, at + 4);
    header.writeUInt32LE(value, at + 8);
  });
  return Buffer.concat([header, data]);
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** A grey 8-bit PNG; `chunks` stand between its header and its pixels. */
export function greyPng(width: number, height: number, pixels: Uint8Array, chunks: readonly Buffer[] = []): Buffer {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    pngStart(width, height),
    ...chunks,
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

/** Signature and header of a PNG of 8-bit grey. */
export function pngStart(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', header)]);
}

/** An ICC profile (version 2) for grey with gamma 1: applying it to sRGB brightens every middle level. */
export function linearGreyProfile(): Buffer {
  const text = (type: string, content: string) => Buffer.from(`${type}\0\0\0\0${content}\0`, 'latin1');
  const description = Buffer.concat([Buffer.from('desc\0\0\0\0\0\0\0\x07linear\0', 'latin1'), Buffer.alloc(79)]);
  const whitePoint = Buffer.from('58595a20000000000000f6d6000100000000d32d', 'hex');
  const curve = Buffer.from('637572760000000000000000', 'hex');
  const tags: [string, Buffer][] = [
    ['desc', description],
    ['cprt', text('text', 'none')],
    ['wtpt', whitePoint],
    ['kTRC', curve],
  ];
  const tableSize = 4 + tags.length * 12;
  const table = Buffer.alloc(tableSize);
  table.writeUInt32BE(tags.length, 0);
  const bodies: Buffer[] = [];
  let offset = 128 + tableSize;
  tags.forEach(([name, body], i) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    table.write(name, 4 + i * 12, 'latin1');
    table.writeUInt32BE(offset, 8 + i * 12);
    table.writeUInt32BE(body.length, 12 + i * 12);
    bodies.push(padded);
    offset += padded.length;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrGRAYXYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  Buffer.from('0000f6d6000100000000d32d', 'hex').copy(header, 68);
  return Buffer.concat([header, table, ...bodies]);
}

/** A grey ramp that differs in every row and column. */
export function ramp(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => ((i % width) + 2 * Math.floor(i / width)) % 256);
}

export function greySharp(pixels: Uint8Array, width: number, height: number): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace('b-w');
}
