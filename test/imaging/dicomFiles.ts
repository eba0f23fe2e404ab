import { deflateRawSync } from 'node:zlib';

/** DICOM files for tests, attribute by attribute: own code, so that what reads them is not what wrote them. */

/** Sequences hold items; US and SS are numbers; all else is text or bytes. */
export type DicomValue = readonly [vr: string, value: string | readonly number[] | Uint8Array | readonly DicomItem[]];
/** By tag, `GGGGEEEE`; undefined leaves it out. */
export type DicomItem = Readonly<Record<string, DicomValue | undefined>>;

export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
} as const;

interface Form {
  readonly implicit: boolean;
  readonly bigEndian: boolean;
}

/** A whole file, with a preamble of zeros. */
export function dicomFile(item: DicomItem, syntax: string = syntaxes.explicit): Buffer {
  const form = { implicit: syntax === syntaxes.implicit, bigEndian: syntax === syntaxes.bigEndian };
  const body = dataSet(item, form);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    fileHeader({ '00020002': item['00080016'], '00020010': ['UI', syntax] }),
    syntax === syntaxes.deflated ? deflateRawSync(body) : body,
  ]);
}

/** Group 0002, with its length. */
function fileHeader(item: DicomItem): Buffer {
  const form = { implicit: false, bigEndian: false };
  const rest = dataSet(item, form);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(rest.length);
  return Buffer.concat([dataSet({ '00020000': ['UL', length] }, form), rest]);
}

/** Elements in the order of their tags. */
export function dataSet(item: DicomItem, form: Form): Buffer {
  const elements = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(elements.flatMap(([tag, value]) => (value === undefined ? [] : element(tag, value, form))));
}

const longVrs = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

function element(tag: string, [vr, value]: DicomValue, form: Form): Buffer[] {
  const bytes = padded(valueBytes(vr, value, form), vr);
  const u16 = (n: number) => (form.bigEndian ? Buffer.from([n >> 8, n & 255]) : Buffer.from([n & 255, n >> 8]));
  const u32 = (n: number) => {
    const buffer = Buffer.alloc(4);
    if (form.bigEndian) buffer.writeUInt32BE(n);
    else buffer.writeUInt32LE(n);
    return buffer;
  };
  const start = [u16(parseInt(tag.slice(0, 4), 16)), u16(parseInt(tag.slice(4), 16))];
  if (form.implicit) return [...start, u32(bytes.length), bytes];
  const length = longVrs.has(vr) ? [Buffer.alloc(2), u32(bytes.length)] : [u16(bytes.length)];
  return [...start, Buffer.from(vr), ...length, bytes];
}

function valueBytes(vr: string, value: DicomValue[1], form: Form): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (vr === 'SQ')
    return Buffer.concat(value.map((item) => (typeof item === 'number' ? Buffer.alloc(0) : whole(item, form))));
  return words(
    value.filter((n) => typeof n === 'number'),
    form.bigEndian,
  );
}

function whole(item: DicomItem, form: Form): Buffer {
  const content = dataSet(item, form);
  const start = Buffer.alloc(8);
  if (form.bigEndian) {
    start.writeUInt32BE(0xfffee000);
    start.writeUInt32BE(content.length, 4);
  } else {
    start.writeUInt16LE(0xfffe);
    start.writeUInt16LE(0xe000, 2);
    start.writeUInt32LE(content.length, 4);
  }
  return Buffer.concat([start, content]);
}

/** 16-bit numbers, negative ones as two's complement. */
function words(values: ArrayLike<number>, bigEndian = false): Buffer {
  const buffer = Buffer.from(Uint16Array.from(values, (value) => value & 0xffff).buffer);
  return bigEndian ? buffer.swap16() : buffer;
}

function padded(bytes: Buffer, vr: string): Buffer {
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from([vr === 'UI' || vr.startsWith('O') ? 0 : 0x20])]);
}

export interface DicomFilm {
  readonly width: number;
  readonly height: number;
  /** Stored samples: 8 bits in bytes, 16 in words. */
  readonly samples: Uint8Array | Uint16Array;
  readonly bitsStored?: number;
  readonly syntax?: string;
}

/** A frontal chest film of Computed Radiography; `more` adds, replaces and leaves out. */
export function dicomFilm({ width, height, samples, bitsStored, syntax }: DicomFilm, more: DicomItem = {}): Buffer {
  const bits = samples instanceof Uint16Array ? 16 : 8;
  const stored = bitsStored ?? bits;
  const bigEndian = syntax === syntaxes.bigEndian;
  const item: DicomItem = {
    '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.1'],
    '00080018': ['UI', '1.2.826.0.1.3680043.8.498.1'],
    '00080020': ['DA', '20260131'],
    '00080050': ['SH', 'ACC-1'],
    '00080060': ['CS', 'CR'],
    '00100010': ['PN', 'Doe^Jane'],
    '00100020': ['LO', 'PAT-1'],
    '00180015': ['CS', 'CHEST'],
    '00185101': ['CS', 'PA'],
    '0020000D': ['UI', '1.2.826.0.1.3680043.8.498.2'],
    '0020000E': ['UI', '1.2.826.0.1.3680043.8.498.3'],
    '00280002': ['US', [1]],
    '00280004': ['CS', 'MONOCHROME2'],
    '00280010': ['US', [height]],
    '00280011': ['US', [width]],
    '00280100': ['US', [bits]],
    '00280101': ['US', [stored]],
    '00280102': ['US', [stored - 1]],
    '00280103': ['US', [0]],
    '7FE00010': ['OW', samples instanceof Uint16Array ? words(samples, bigEndian) : samples],
    ...more,
  };
  return dicomFile(item, syntax);
}

/** The film with a code stream in fragments for its pixels, behind an offset table, which may be empty. */
export function compressedFilm(
  film: DicomFilm,
  frame: Uint8Array,
  more: DicomItem = {},
  fragments = 1,
  offsets: readonly number[] = [],
): Buffer {
  const even = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  const step = 2 * Math.ceil(even.length / fragments / 2);
  const head = (hex: string, length: number) => {
    const buffer = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(4)]);
    buffer.writeUInt32LE(length, buffer.length - 4);
    return buffer;
  };
  const parts = Array.from({ length: fragments }, (_, i) => even.subarray(i * step, (i + 1) * step));
  return Buffer.concat([
    dicomFilm(film, { ...more, '7FE00010': undefined }),
    head('e07f10004f420000', 0xffffffff),
    head('feff00e0', 4 * offsets.length),
    Buffer.from(Uint32Array.from(offsets).buffer),
    ...parts.flatMap((part) => [head('feff00e0', part.length), part]),
    head('feffdde0', 0),
  ]);
}
