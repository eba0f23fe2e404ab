import { bytesOf, type Progress } from './body.js';
import { ApiFault } from './fault.js';
import type { Transport } from './transport.js';

/** A film as a picture with 8 bits per channel; size and depth are those of the stored film, not of the picture. */
export interface FilmPicture {
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly channels: number;
  /** Film levels shown as black and white if the picture has fewer bits. */
  readonly window: readonly [low: number, high: number];
}

/** Grey values at full depth, row by row. */
export interface Grey16 {
  readonly values: Uint16Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** `thumbnail` has at most 256 px a side, `preview` 1,500; `film` has all pixels. */
export type PictureForm = 'thumbnail' | 'preview' | 'film';

export interface FilmQuery {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** @throws {ApiFault} `film-not-kept` if there are no pixels; the message says why */
export async function readFilm(
  transport: Transport,
  id: string,
  form: PictureForm,
  { signal, progress }: FilmQuery = {},
): Promise<FilmPicture> {
  const response = await transport.call('GET', `${detectionPath(id)}/${form}`, { signal });
  const bytes = await bytesOf(response, lengthOf(response), progress);
  return {
    ...sizeOf(response),
    bits: headerNumber(response, 'x-film-bits'),
    channels: headerNumber(response, 'x-film-channels'),
    window: windowOf(response),
    blob: new Blob([bytes], { type: response.headers.get('content-type') ?? '' }),
  };
}

/**
 * The grey values of a film of more than 8 bits.
 *
 * @throws {ApiFault} as `readFilm`, or `unreadable` if bytes are missing
 */
export async function readGrey16(
  transport: Transport,
  id: string,
  { signal, progress }: FilmQuery = {},
): Promise<Grey16> {
  const response = await transport.call('GET', `${detectionPath(id)}/film.grey16`, { signal });
  const { width, height } = sizeOf(response);
  const wanted = 2 * width * height;
  const bytes = await bytesOf(response, wanted, progress);
  if (bytes.byteLength !== wanted) {
    throw new ApiFault({
      status: response.status,
      code: 'unreadable',
      detail: `The film arrived incomplete: ${bytes.byteLength} of ${wanted} bytes.`,
    });
  }
  return { values: littleEndian16(bytes.buffer), width, height };
}

export function detectionPath(id: string): string {
  return `/v1/detections/${encodeURIComponent(id)}`;
}

/** Makes no copy on little-endian machines, which nearly all are. */
function littleEndian16(bytes: ArrayBuffer): Uint16Array<ArrayBuffer> {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return new Uint16Array(bytes);
  const view = new DataView(bytes);
  return Uint16Array.from({ length: bytes.byteLength / 2 }, (_, i) => view.getUint16(2 * i, true));
}

/** Length of the body; undefined if it is compressed in transit. */
function lengthOf({ headers }: Response): number | undefined {
  const length = Number(headers.get('content-length') ?? '');
  return headers.has('content-encoding') || !Number.isInteger(length) || length === 0 ? undefined : length;
}

function sizeOf(response: Response): { readonly width: number; readonly height: number } {
  return { width: headerNumber(response, 'x-film-width'), height: headerNumber(response, 'x-film-height') };
}

function windowOf(response: Response): readonly [number, number] {
  const [low, high] = (response.headers.get('x-film-window') ?? '').split(',').map(Number);
  if (low === undefined || high === undefined || !(high > low)) throw unreadable(response, 'x-film-window');
  return [low, high];
}

function headerNumber(response: Response, name: string): number {
  const value = Number(response.headers.get(name) ?? '');
  if (!Number.isInteger(value) || value < 1) throw unreadable(response, name);
  return value;
}

function unreadable({ status }: Response, name: string): ApiFault {
  const detail = `The server's answer can't be read: its header ${name} is not a number.`;
  return new ApiFault({ status, code: 'unreadable', detail });
}
