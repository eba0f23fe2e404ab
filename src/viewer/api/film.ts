import { ApiFault } from './fault.js';
import type { Transport } from './transport.js';

/** The film as a PNG of 8 bits a channel; `bits` and `channels` are those of the stored film. */
export interface FilmPicture {
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly channels: number;
  readonly pixelsSha256: string | undefined;
}

/** Grey values at full depth, row by row. */
export interface Grey16 {
  readonly values: Uint16Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** @throws {ApiFault} `film-not-kept` if there are no pixels; the message says why */
export async function readFilm(transport: Transport, id: string, signal?: AbortSignal): Promise<FilmPicture> {
  const response = await transport.call('GET', `${detectionPath(id)}/film`, { signal });
  return {
    ...sizeOf(response),
    bits: headerNumber(response, 'x-film-bits'),
    channels: headerNumber(response, 'x-film-channels'),
    pixelsSha256: response.headers.get('x-pixels-sha256') ?? undefined,
    blob: await response.blob(),
  };
}

/**
 * The grey values of a film of more than 8 bits.
 *
 * @throws {ApiFault} as `readFilm`, or `unreadable` if bytes are missing
 */
export async function readGrey16(transport: Transport, id: string, signal?: AbortSignal): Promise<Grey16> {
  const response = await transport.call('GET', `${detectionPath(id)}/film.grey16`, { signal });
  const { width, height } = sizeOf(response);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength !== 2 * width * height) {
    throw new ApiFault({
      status: response.status,
      code: 'unreadable',
      detail: `The film arrived incomplete: ${bytes.byteLength} of ${2 * width * height} bytes.`,
    });
  }
  return { values: littleEndian16(bytes), width, height };
}

export function detectionPath(id: string): string {
  return `/v1/detections/${encodeURIComponent(id)}`;
}

/** No copy on little-endian machines, and nearly all are. */
function littleEndian16(bytes: ArrayBuffer): Uint16Array<ArrayBuffer> {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return new Uint16Array(bytes);
  const view = new DataView(bytes);
  return Uint16Array.from({ length: bytes.byteLength / 2 }, (_, i) => view.getUint16(2 * i, true));
}

function sizeOf(response: Response): { readonly width: number; readonly height: number } {
  return { width: headerNumber(response, 'x-film-width'), height: headerNumber(response, 'x-film-height') };
}

function headerNumber(response: Response, name: string): number {
  const value = Number(response.headers.get(name) ?? '');
  if (!Number.isInteger(value) || value < 1)
    throw new ApiFault({
      status: response.status,
      code: 'unreadable',
      detail: `The server's answer can't be read: its header ${name} is not a number.`,
    });
  return value;
}
