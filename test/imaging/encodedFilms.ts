import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { compressedFilm, dicomFilm, type DicomFilm, type DicomItem, syntaxes } from './dicomFiles.js';

/** One film in every transfer syntax that is read, by encoders of others. */

const uid = (last: string) => `1.2.840.10008.1.2.4.${last}`;

/** @returns by transfer syntax; JPEG lossless only where DCMTK is installed */
export async function encodedFilms(film: DicomFilm, more: DicomItem = {}): Promise<ReadonlyMap<string, Buffer>> {
  const all = new Map<string, Buffer>();
  for (const syntax of Object.values(syntaxes)) all.set(syntax, dicomFilm({ ...film, syntax }, more));
  const eight = { ...film, samples: Uint8Array.from(film.samples, (v) => v >> 4), bitsStored: 8 };
  const { width, height } = film;
  const jpeg = await sharp(eight.samples, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .jpeg()
    .toBuffer();
  all.set(uid('50'), compressedFilm({ ...eight, syntax: uid('50') }, jpeg, more));
  for (const [last, codec, encoder] of wasmEncoders)
    all.set(uid(last), compressedFilm({ ...film, syntax: uid(last) }, await encoded(film, codec, encoder), more, 3));
  for (const [syntax, command, ...args] of dcmtk) {
    const bytes = convert(dicomFilm(film, more), command, args);
    if (bytes !== undefined) all.set(syntax, bytes);
  }
  return all;
}

const wasmEncoders = [
  ['80', '@cornerstonejs/codec-charls', 'JpegLSEncoder'],
  ['90', '@cornerstonejs/codec-openjpeg', 'J2KEncoder'],
  ['201', '@cornerstonejs/codec-openjph', 'HTJ2KEncoder'],
] as const;

const dcmtk: readonly (readonly [syntax: string, command: string, ...args: string[]])[] = [
  ['1.2.840.10008.1.2.5', 'dcmcrle'],
  [uid('57'), 'dcmcjpeg', '+el', '+sv', '6'],
  [uid('70'), 'dcmcjpeg', '+e1'],
];

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
}
type Codec = Readonly<Record<string, new () => Encoder>>;

async function encoded({ width, height, samples, bitsStored }: DicomFilm, codec: string, name: string) {
  const require = createRequire(import.meta.url);
  const load = require(`${codec}/wasmjs`) as (options: object) => Promise<Codec>;
  const wasmBinary = readFileSync(require.resolve(`${codec}/wasm`));
  const module = await load({ wasmBinary, print: () => undefined, printErr: () => undefined });
  const encoder = new module[name]!();
  const shape = { width, height, bitsPerSample: bitsStored, componentCount: 1 };
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  encoder.getDecodedBuffer({ ...shape, isSigned: false, isUsingColorTransform: false }).set(bytes);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
}

/** Undefined where DCMTK is not installed. */
function convert(bytes: Uint8Array, command: string, args: readonly string[]): Buffer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-dicom-'));
  try {
    writeFileSync(join(folder, 'in.dcm'), bytes);
    const { status } = spawnSync(command, [...args, join(folder, 'in.dcm'), join(folder, 'out.dcm')]);
    return status === 0 ? readFileSync(join(folder, 'out.dcm')) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
