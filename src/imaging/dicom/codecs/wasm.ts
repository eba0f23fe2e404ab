import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FilmError } from '../../film.js';
import type { PixelLayout } from '../pixelLayout.js';
import { broken } from '../refusals.js';

/** A decoder of the cornerstone codecs. The buffers that it returns are in its module's memory. */
interface Decoder {
  getEncodedBuffer(size: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
  getDecodedBuffer(): Uint8Array | Uint8ClampedArray;
}

type Module = Readonly<Record<string, new () => Decoder>>;
type Factory = (options: {
  readonly wasmBinary: Uint8Array;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<Module>;

export interface WasmCodec {
  /** Script and binary, as the package exports them. */
  readonly script: string;
  readonly binary: string;
  readonly decoder: string;
}

export const wasmCodecs = {
  'jpeg-ls': {
    script: '@cornerstonejs/codec-charls/decodewasmjs',
    binary: '@cornerstonejs/codec-charls/decodewasm',
    decoder: 'JpegLSDecoder',
  },
  'jpeg-2000': {
    script: '@cornerstonejs/codec-openjpeg/decodewasmjs',
    binary: '@cornerstonejs/codec-openjpeg/decodewasm',
    decoder: 'J2KDecoder',
  },
  htj2k: {
    script: '@cornerstonejs/codec-openjph/wasmjs',
    binary: '@cornerstonejs/codec-openjph/wasm',
    decoder: 'HTJ2KDecoder',
  },
} satisfies Record<string, WasmCodec>;

const require = createRequire(import.meta.url);

/**
 * Decodes a code stream in a fresh module: whatever a film does to its memory, and the memory itself, go with it.
 * Samples come out interleaved, 8 bits in bytes, more in words.
 */
export async function decodeWasm(
  codec: WasmCodec,
  frame: Uint8Array,
  { width, height, samplesPerPixel }: PixelLayout,
): Promise<Uint8Array | Uint16Array> {
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  const factory: unknown = require(codec.script);
  if (!isFactory(factory)) throw new Error(`${codec.script} is no codec`);
  const wasmBinary = await readFile(require.resolve(codec.binary));
  const module = await factory({ wasmBinary, print: tell, printErr: tell });
  const Decoder = module[codec.decoder];
  if (Decoder === undefined) throw new Error(`${codec.script} has no ${codec.decoder}`);
  try {
    const decoder = new Decoder();
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const info = decoder.getFrameInfo();
    const decoded = decoder.getDecodedBuffer();
    const count = width * height * samplesPerPixel;
    const whole = decoded.length === count || decoded.length === 2 * count;
    // After an error the codecs merely report it, go on, and leave grey where the picture is missing.
    if (info.width !== width || info.height !== height || !whole || told.some(isFault))
      throw broken('its code stream can not be read to its end');
    // Some codecs return clamped bytes, which are no Uint8Array.
    return decoded.length === count ? Uint8Array.from(decoded) : words(decoded, count);
  } catch (error) {
    // WebAssembly throws numbers and traps; none of them says more.
    if (error instanceof FilmError) throw error;
    throw broken('its code stream can not be read');
  }
}

/** Old encoders count the parts of a tile from 1; OpenJPEG says so, and reads them right. */
function isFault(line: string): boolean {
  return /warn|error/i.test(line) && !line.includes('TPsot==TNsot');
}

function isFactory(value: unknown): value is Factory {
  return typeof value === 'function';
}

function words(bytes: Uint8Array | Uint8ClampedArray, count: number): Uint16Array {
  const copy = Uint8Array.from(bytes);
  return new Uint16Array(copy.buffer, copy.byteOffset, count);
}
