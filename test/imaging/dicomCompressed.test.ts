import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import t from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { encodedFilms } from './encodedFilms.js';
import { compressedFilm, dicomFilm, type DicomItem, syntaxes } from './dicomFiles.js';

const options = { maxPixels: 4_000_000, secondaryCapture: true };
const [width, height] = [96, 80];
const samples = Uint16Array.from({ length: width * height }, (_, i) => 2048 + Math.round(900 * Math.sin(i / 37)));
const window: DicomItem = { '00281050': ['DS', '2048'], '00281051': ['DS', '4096'] };
const film = (syntax: string) => ({ width, height, samples, bitsStored: 12, syntax });
const uid = (last: string) => `1.2.840.10008.1.2.4.${last}`;

t.test('High-Throughput JPEG 2000 without loss is the same film, in one fragment or in five', async (t) => {
  const { pixels } = await decodeFilm(dicomFilm(film(syntaxes.explicit), window), options);
  const frame = await htj2k();
  for (const [last, fragments] of [
    ['201', 1],
    ['202', 5],
    ['203', 2],
  ] as const) {
    const found = await decodeFilm(compressedFilm(film(uid(last)), frame, window, fragments), options);
    t.equal(Buffer.compare(Buffer.from(found.pixels.buffer), Buffer.from(pixels.buffer)), 0, last);
  }
  for (const share of [0.01, 0.3, 0.8, 0.99]) {
    const cut = compressedFilm(film(uid('201')), frame.subarray(0, Math.floor(frame.length * share)), window);
    await t.rejects(decodeFilm(cut, options), { code: 'broken-image' }, `cut to ${share}`);
  }
});

t.test('a code stream of another size, or of something else, is broken before it is decoded', async (t) => {
  const jpeg = await sharp(new Uint8Array(160 * 160), { raw: { width: 160, height: 160, channels: 1 } })
    .toColourspace('b-w')
    .jpeg()
    .toBuffer();
  const eight = { width, height, samples: new Uint8Array(width * height) };
  for (const last of ['50', '51', '57', '70', '80', '81']) {
    const other = compressedFilm({ ...eight, syntax: uid(last) }, jpeg);
    await t.rejects(decodeFilm(other, options), { code: 'broken-image', message: /another size/ }, last);
  }
  for (const last of ['50', '70', '80', '90', '201']) {
    const none = compressedFilm({ ...eight, syntax: uid(last) }, Buffer.from('nothing of the kind'));
    await t.rejects(decodeFilm(none, options), { code: 'broken-image' }, last);
    await t.rejects(decodeFilm(dicomFilm({ ...eight, syntax: uid(last) }), options), { message: /are not/ }, last);
  }
  const rle = compressedFilm({ ...eight, syntax: '1.2.840.10008.1.2.5' }, new Uint8Array(200));
  await t.rejects(decodeFilm(rle, options), { code: 'broken-image', message: /RLE/ });
});

t.test('a film whose fragments have no end is cut', async (t) => {
  const whole = compressedFilm(film(uid('201')), await htj2k(), window, 3);
  for (const end of [whole.length - 1, whole.length - 8, whole.length - 9, whole.length - 60])
    await t.rejects(decodeFilm(whole.subarray(0, end), options), { code: 'broken-image' }, String(end));
});

t.test('two frames are refused, also where only the offset table tells of them', async (t) => {
  const two = compressedFilm(film(uid('201')), await htj2k(), window, 2, [0, 3000]);
  await t.rejects(decodeFilm(two, options), { code: 'several-frames', message: /2 frames/ });
});

t.test('a picture whose tiles are not all there is broken, not grey', async (t) => {
  for (const last of ['90', '201'] as const) {
    const whole = (await encodedFilms({ width, height, samples, bitsStored: 12 }, window)).get(uid(last))!;
    await t.resolves(decodeFilm(whole, options));
    // 960 × 800, in tiles of 96 × 80, of which the first is there.
    const large = Buffer.from(whole);
    for (const [tag, side] of [
      ['28001000', 800],
      ['28001100', 960],
    ] as const)
      large.writeUInt16LE(side, large.indexOf(Buffer.from(tag, 'hex'), 132) + 8);
    const siz = large.indexOf(Buffer.from('ff4fff51', 'hex'));
    large.writeUInt32BE(960, siz + 8);
    large.writeUInt32BE(800, siz + 12);
    await t.rejects(decodeFilm(large, options), { code: 'broken-image', message: /lacks parts/ }, last);
  }
});

t.test('a code stream far too short for its picture is not decoded', async (t) => {
  const side = 5000;
  const claims: [string, Buffer][] = [
    // SOI and a frame header of 12 bits, one component; SOC and SIZ with one tile.
    ['70', Buffer.from(`ffd8ffc3000b0c${hex16(side)}${hex16(side)}01011100ffd9`, 'hex')],
    [
      '90',
      Buffer.from(`ff4fff5100290000${[side, side, 0, 0, side, side, 0, 0].map(hex32).join('')}00010b0101ffd9`, 'hex'),
    ],
  ];
  for (const [last, frame] of claims) {
    const large = { width: side, height: side, samples: new Uint16Array(0), bitsStored: 12, syntax: uid(last) };
    await t.rejects(decodeFilm(compressedFilm(large, frame), { maxPixels: 4e7 }), { message: /too short/ }, last);
  }
});

t.test('a whole JP2 file where only its code stream may be is read', async (t) => {
  const { pixels } = await decodeFilm(dicomFilm(film(syntaxes.explicit), window), options);
  const frame = await htj2k();
  const box = (type: string, content: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const signature = box('jP  ', Buffer.from('0d0a870a', 'hex'));
  const jp2 = Buffer.concat([signature, box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ')), box('jp2c', frame)]);
  const found = await decodeFilm(compressedFilm(film(uid('201')), jp2, window), options);
  t.equal(Buffer.compare(Buffer.from(found.pixels.buffer), Buffer.from(pixels.buffer)), 0);
  for (const length of [8, 0xffffffff, 3]) {
    const wrong = Buffer.from(jp2);
    wrong.writeUInt32BE(length, signature.length);
    await t.rejects(decodeFilm(compressedFilm(film(uid('201')), wrong, window), options), { code: 'broken-image' });
  }
});

t.test('secondary captures in colour become RGB of 8 bits', async (t) => {
  const capture: DicomItem = { '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'], '00080060': ['CS', 'OT'] };
  const area = width * height;
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [90, 90, 90],
  ] as const;
  const rgb = Uint8Array.from({ length: area * 3 }, (_, i) => colours[Math.floor(i / 3) % 4]![i % 3]!);
  const colour = (photometric: string, more: DicomItem = {}): DicomItem => ({
    ...capture,
    '00280002': ['US', [3]],
    '00280004': ['CS', photometric],
    '00280006': ['US', [0]],
    ...more,
  });
  const of = async (bytes: Uint8Array, more: DicomItem) =>
    decodeFilm(dicomFilm({ width, height, samples: bytes }, more), options);
  const near = (found: ArrayLike<number>, most: number) => rgb.every((v, i) => Math.abs(v - found[i]!) <= most);

  const plain = await of(rgb, colour('RGB'));
  t.match(plain, { channels: 3, facts: { bits: 8, dicom: { secondaryCapture: true, windowSource: 'none' } } });
  t.ok(near(plain.pixels, 0), 'RGB');
  const planes = rgb.map((_, i) => rgb[(i % area) * 3 + Math.floor(i / area)]!);
  t.ok(near((await of(planes, colour('RGB', { '00280006': ['US', [1]] }))).pixels, 0), 'planes');
  const ybr = Uint8Array.from(rgb, (_, i) => {
    const [r, g, b] = [...rgb.subarray(i - (i % 3), i - (i % 3) + 3)] as [number, number, number];
    return [
      0.299 * r + 0.587 * g + 0.114 * b,
      128 - 0.168736 * r - 0.331264 * g + 0.5 * b,
      128 + 0.5 * r - 0.418688 * g - 0.081312 * b,
    ].map((v) => Math.min(255, Math.round(v)))[i % 3]!;
  });
  t.ok(near((await of(ybr, colour('YBR_FULL'))).pixels, 3), 'YBR_FULL');
  const grey = new Uint8Array(area * 2).fill(128);
  for (let i = 0; i < area; i++) grey[(i >> 1) * 4 + (i & 1)] = i % 200;
  const half = await of(grey, colour('YBR_FULL_422'));
  t.ok(
    half.pixels.every((v, i) => v === Math.floor(i / 3) % 200),
    'YBR_FULL_422',
  );
  const lut = (channel: number) =>
    ['OW', Buffer.from(Uint16Array.from(colours, (c) => c[channel]! << 8).buffer)] as const;
  const palette = await of(
    Uint8Array.from({ length: area }, (_, i) => i % 4),
    {
      ...capture,
      '00280004': ['CS', 'PALETTE COLOR'],
      '00281101': ['US', [4, 0, 16]],
      '00281102': ['US', [4, 0, 16]],
      '00281103': ['US', [4, 0, 16]],
      '00281201': lut(0),
      '00281202': lut(1),
      '00281203': lut(2),
    },
  );
  t.ok(near(palette.pixels, 0), 'PALETTE COLOR');

  const deep = dicomFilm({ width, height, samples: Uint16Array.from(rgb) }, colour('RGB'));
  await t.rejects(decodeFilm(deep, options), { code: 'unsupported-image', message: /more than 8 bits/ });

  const bytes = dicomFilm(
    { width, height, samples: rgb },
    { ...colour('RGB'), '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.1'], '00080060': ['CS', 'CR'] },
  );
  await t.rejects(decodeFilm(bytes, options), {
    code: 'unsupported-image',
    message: /colour picture, which no film is/,
  });
});

/** By OpenJPH's own encoder: nothing else here writes it. */
async function htj2k(): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const factory = require('@cornerstonejs/codec-openjph/wasmjs') as (options: object) => Promise<Encoding>;
  const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-openjph/wasm'));
  const { HTJ2KEncoder } = await factory({ wasmBinary, print: () => undefined });
  const encoder = new HTJ2KEncoder();
  const info = { width, height, bitsPerSample: 12, componentCount: 1, isSigned: false, isUsingColorTransform: false };
  encoder.getDecodedBuffer(info).set(new Uint8Array(samples.buffer));
  encoder.encode();
  return encoder.getEncodedBuffer().slice();
}

interface Encoding {
  readonly HTJ2KEncoder: new () => {
    getDecodedBuffer(info: object): Uint8Array;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
  };
}

function hex16(n: number): string {
  return n.toString(16).padStart(4, '0');
}

function hex32(n: number): string {
  return n.toString(16).padStart(8, '0');
}
