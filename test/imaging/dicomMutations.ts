import { deflateRawSync } from 'node:zlib';
import { type Random, seededRandom } from '../../src/random.js';
import { dicomFile, dicomFilm, type DicomFilm, type DicomItem, syntaxes } from './dicomFiles.js';
import { encodedFilms } from './encodedFilms.js';

/** Damaged and hostile DICOM files, each made from a whole one by its seed. */

const [width, height] = [96, 80];
const film: DicomFilm = {
  width,
  height,
  samples: Uint16Array.from({ length: width * height }, (_, i) => 2048 + Math.round(900 * Math.sin(i / 37))),
  bitsStored: 12,
};
/** Something of everything that is read, and sequences of others. */
const attributes: DicomItem = {
  '00080005': ['CS', 'ISO_IR 100'],
  '00081140': ['SQ', [{ '00081150': ['UI', '1.2.3'], '00081155': ['UI', '1.2.4'] }]],
  '00181164': ['DS', '0.143\\0.143'],
  '00200020': ['CS', 'L\\F'],
  '00280120': ['US', [0]],
  '00281050': ['DS', '2048'],
  '00281051': ['DS', '4096'],
  '00281052': ['DS', '0'],
  '00281053': ['DS', '1'],
  '00283010': ['SQ', [{ '00283002': ['US', [3, 2000, 8]], '00283006': ['US', [0, 51, 255]] }]],
  '00540220': ['SQ', [{ '00080100': ['SH', 'R-10206'], '00080102': ['SH', 'SRT'] }]],
};
const capture: DicomItem = {
  '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'],
  '00080060': ['CS', 'OT'],
  '00280002': ['US', [3]],
  '00280004': ['CS', 'RGB'],
  '00280006': ['US', [0]],
};

export interface WholeFilm {
  readonly syntax: string;
  readonly bytes: Buffer;
}

export async function wholeFilms(): Promise<readonly WholeFilm[]> {
  const grey = [...(await encodedFilms(film, attributes))].map(([syntax, bytes]) => ({ syntax, bytes }));
  const samples = Uint8Array.from({ length: width * height * 3 }, (_, i) => i % 251);
  return [...grey, { syntax: syntaxes.explicit, bytes: dicomFilm({ width, height, samples }, capture) }];
}

/** What a seed does, and to which film. */
interface Mutation {
  readonly kind: MutationKind;
  readonly syntax: string;
  readonly bytes: Buffer;
}

type MutationKind = keyof typeof mutators;

export function mutate(seed: number, films: readonly WholeFilm[]): Mutation {
  const random = seededRandom(seed);
  // The first numbers of neighbouring seeds are alike.
  for (let i = 0; i < 3; i++) random();
  const { syntax, bytes } = pick(random, films);
  const kind = pick(random, Object.keys(mutators) as MutationKind[]);
  return { kind, syntax, bytes: mutators[kind](Buffer.from(bytes), random) };
}

const mutators = {
  /** At any byte. */
  cut: (bytes: Buffer, random: Random) => bytes.subarray(0, below(random, bytes.length)),
  /** One to eight bits of the header, or anywhere. */
  bits: (bytes: Buffer, random: Random) => {
    const end = random() < 0.6 ? startOfPixels(bytes) : bytes.length;
    for (let i = 1 + below(random, 8); i > 0; i--) bytes[132 + below(random, end - 132)]! ^= 1 << below(random, 8);
    return bytes;
  },
  /** A length over the end, or any other. */
  length: (bytes: Buffer, random: Random) => {
    const at = 132 + 2 * below(random, (startOfPixels(bytes) - 132) / 2 - 4);
    if (random() < 0.5) bytes.writeUInt32LE(pick(random, [0xffffffff, 0xfffffffe, 0x7fffffff, bytes.length, 0]), at);
    else bytes.writeUInt16LE(below(random, 65536), at);
    return bytes;
  },
  /** Numbers that decide how much is allocated, and how samples are read. */
  numbers: (bytes: Buffer, random: Random) => {
    for (let i = 1 + below(random, 3); i > 0; i--)
      setShort(bytes, pick(random, shorts), pick(random, extremes)(random));
    return bytes;
  },
  /** 65,535 × 65,535 or a size that is allowed, in the attributes and where a code stream has one of its own. */
  huge: (bytes: Buffer, random: Random) => {
    const side = pick(random, [65535, 5000, 1000]);
    setShort(bytes, 0x10, side);
    setShort(bytes, 0x11, side);
    const from = startOfPixels(bytes);
    for (const marker of [0xc0, 0xc3, 0xf7]) {
      const at = bytes.indexOf(Buffer.from([0xff, marker]), from);
      if (at > 0 && at + 9 < bytes.length) for (const field of [5, 7]) bytes.writeUInt16BE(side, at + field);
    }
    const siz = bytes.indexOf(Buffer.from('ff4fff51', 'hex'), from);
    // Picture and, at random, tiles.
    if (siz > 0) for (const field of random() < 0.5 ? [8, 12] : [8, 12, 24, 28]) bytes.writeUInt32BE(side, siz + field);
    return bytes;
  },
  /** Sequences in sequences, up to 10,000 deep, closed or not. */
  nested: (bytes: Buffer, random: Random) => {
    const at = startOfBody(bytes);
    const depth = 1 + below(random, 10_000);
    const open = Buffer.from('08004011535100' + '00ffffffff' + 'feff00e0ffffffff', 'hex');
    const shut = Buffer.from('feff0de000000000' + 'feffdde000000000', 'hex');
    const closed = random() < 0.5 ? Buffer.concat(Array.from({ length: depth }, () => shut)) : Buffer.alloc(0);
    const sequences = Buffer.concat(Array.from({ length: depth }, () => open));
    return Buffer.concat([bytes.subarray(0, at), sequences, closed, bytes.subarray(at)]);
  },
  /** Another VR, so that the length is of another size as well. */
  vr: (bytes: Buffer, random: Random) => {
    const found = [
      ...bytes.toString('latin1', 132, startOfPixels(bytes)).matchAll(/(?:UI|US|SQ|CS|DS|LO|SH|DA|PN|IS)/g),
    ];
    const vr = pick(random, ['OB', 'OW', 'SQ', 'UN', 'UT', 'US', 'UL', 'AT', 'FD', 'DS', 'XX', '\0\0']);
    if (found.length > 0) bytes.write(vr, 132 + pick(random, found).index, 'latin1');
    return bytes;
  },
  /** Bytes put in, taken out, repeated or made zero. */
  splice: (bytes: Buffer, random: Random) => {
    const at = 132 + below(random, bytes.length - 132);
    const end = Math.min(bytes.length, at + 1 + below(random, 200));
    const noise = Buffer.from(Uint8Array.from({ length: end - at }, () => below(random, 256)));
    const piece = pick(random, [Buffer.alloc(0), Buffer.alloc(end - at), noise, bytes.subarray(132, 132 + end - at)]);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(pick(random, [at, end]))]);
  },
  /** Says another transfer syntax than it has. */
  syntax: (bytes: Buffer, random: Random) => {
    const from = bytes.indexOf('1.2.840.10008.1.2', 150, 'latin1');
    const other = pick(random, [
      '.1',
      '.2',
      '.5',
      '.1.99',
      '.4.50',
      '.4.51',
      '.4.57',
      '.4.70',
      '.4.80',
      '.4.90',
      '.4.201',
    ]);
    const size = bytes.readUInt16LE(from - 2);
    bytes.fill(0, from, from + size).write(`1.2.840.10008.1.2${other}`.slice(0, size), from, 'latin1');
    return bytes;
  },
  /** Damage in the pixels or their code stream. */
  pixels: (bytes: Buffer, random: Random) => {
    const from = startOfPixels(bytes);
    for (let i = 1 + below(random, 30); i > 0; i--)
      bytes[from + below(random, bytes.length - from)] = below(random, 256);
    return bytes;
  },
  /** The first bytes of a code stream, where its sizes and tables are. */
  codeStream: (bytes: Buffer, random: Random) => {
    const from = startOfPixels(bytes);
    const end = Math.min(bytes.length, from + 150);
    for (let i = 1 + below(random, 4); i > 0; i--)
      bytes[from + below(random, end - from)] = pick(random, [0, 1, 255, 127, 128, below(random, 256)]);
    return bytes;
  },
  /** Texts where numbers are expected. */
  texts: (_: Buffer, random: Random) => {
    const text = () =>
      pick(random, ['', 'abc', '1e999', '-1e308\\1e308', 'NaN', '0x10', '9'.repeat(1000), '1\\'.repeat(400)]);
    const odd = pick(random, ['00281050', '00281051', '00281052', '00281053', '00280030', '00181164', '00280008']);
    const all = { ...attributes, '00283010': undefined };
    return dicomFilm({ ...film, syntax: pick(random, Object.values(syntaxes)) }, { ...all, [odd]: ['DS', text()] });
  },
  /** Far more than a film has once inflated, or noise. */
  deflated: (_: Buffer, random: Random) => {
    const file = dicomFile(attributes, syntaxes.deflated);
    const noise = Buffer.from(Uint8Array.from({ length: 3000 }, () => below(random, 256)));
    const body = random() < 0.5 ? bomb(pick(random, [1e5, 1e7, 3e8]), pick(random, [0, 0x2a])) : noise;
    return Buffer.concat([file.subarray(0, startOfBody(file)), body]);
  },
  /** Nothing but elements. */
  elements: (bytes: Buffer, random: Random) => {
    const many = Buffer.alloc(8 * (1 + below(random, 100_000)));
    for (let at = 0, i = 0; at < many.length; at += 8, i++) {
      many.writeUInt16LE(9 + 2 * (i >> 16), at);
      many.writeUInt16LE(i & 0xffff, at + 2);
      many.write('LO', at + 4);
    }
    const at = startOfBody(bytes);
    return Buffer.concat([bytes.subarray(0, at), many, bytes.subarray(at)]);
  },
};

const bombs = new Map<string, Buffer>();

/** So many bytes of one value, deflated: 300 MB become 300 kB. */
function bomb(size: number, value: number): Buffer {
  const name = `${size} ${value}`;
  const made = bombs.get(name) ?? deflateRawSync(Buffer.alloc(size, value));
  bombs.set(name, made);
  return made;
}

/** Rows, columns and what else says how samples are stored, by the element of group 0028. */
const shorts = [0x02, 0x06, 0x10, 0x11, 0x100, 0x101, 0x102, 0x103, 0x120, 0x3002];
const extremes: readonly ((random: Random) => number)[] = [
  () => 0,
  () => 1,
  () => 8,
  () => 16,
  () => 65535,
  () => 32768,
  (random) => below(random, 65536),
];

/** Sets an element of group 0028, wherever it is found; explicit VR has its VR before the length. */
function setShort(bytes: Buffer, element: number, value: number): void {
  const little = Buffer.from([0x28, 0, element & 255, element >> 8]);
  const big = Buffer.from([0, 0x28, element >> 8, element & 255]);
  for (const [tag, isBig] of [
    [little, false],
    [big, true],
  ] as const) {
    const at = bytes.indexOf(tag, 132);
    if (at < 0 || at + 10 > bytes.length) continue;
    if (isBig) bytes.writeUInt16BE(value, at + 8);
    else bytes.writeUInt16LE(value, at + 8);
  }
}

function startOfPixels(bytes: Buffer): number {
  const at = [Buffer.from('e07f1000', 'hex'), Buffer.from('7fe00010', 'hex')].map((tag) => bytes.lastIndexOf(tag));
  const found = Math.max(...at);
  return found < 200 ? bytes.length - 8 : found;
}

/** After group 0002, whose length its first element says. */
function startOfBody(bytes: Buffer): number {
  return 144 + bytes.readUInt32LE(140);
}

function below(random: Random, end: number): number {
  return Math.floor(random() * Math.max(1, end));
}

function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[below(random, from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}
