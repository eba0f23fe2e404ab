import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Reference networks with the answers of OpenCV (test/fixtures/weights/README.md). DARKNET_REFERENCE names a folder of
 * the same layout with more networks in it, where there is one.
 */
export const fixtures = join(import.meta.dirname, '..', 'fixtures', 'weights');
const more = process.env['DARKNET_REFERENCE'];

export function referenceFolder(network: string): string | undefined {
  return [fixtures, ...(more === undefined ? [] : [more])].find(
    (folder) => existsSync(join(folder, network)) && existsSync(join(folder, 'reference', `${network}.json`)),
  );
}

/** A file of the reference set, unpacked where it is stored packed; undefined where the set does not have it. */
export function referenceFile(folder: string, path: string): Uint8Array | undefined {
  const whole = join(folder, path);
  if (existsSync(whole)) return readFileSync(whole);
  return existsSync(`${whole}.gz`) ? gunzipSync(readFileSync(`${whole}.gz`)) : undefined;
}

export interface Stored {
  readonly file: string;
  readonly shape: readonly number[];
}

export interface ReferenceDetection {
  readonly class_id: number;
  readonly score: number;
  /** x0, y0, x1, y1 */
  readonly box: readonly [number, number, number, number];
}

export interface Reference {
  readonly classes: readonly string[];
  readonly input: { readonly width: number; readonly height: number };
  readonly raw: { readonly image: string; readonly input: Stored; readonly heads: readonly Stored[] };
  readonly images: Readonly<
    Record<
      string,
      {
        readonly width: number;
        readonly height: number;
        readonly letterbox: readonly ReferenceDetection[];
        readonly stretch: readonly ReferenceDetection[];
      }
    >
  >;
}

export function readReference(folder: string, network: string): Reference {
  return JSON.parse(readFileSync(join(folder, 'reference', `${network}.json`), 'utf8')) as Reference;
}

export function storedFloats(folder: string, { file }: Stored): Float32Array {
  const bytes = gunzipSync(readFileSync(join(folder, 'reference', file)));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
