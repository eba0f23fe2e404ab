import { type FilmPixels, filmPixels } from './levels.js';

/** A film as received from the server, to prepare for display. */
export type ReadRequest =
  | { readonly kind: 'picture'; readonly blob: Blob; readonly channels: number }
  | {
      readonly kind: 'grey16';
      readonly values: Uint16Array<ArrayBuffer>;
      readonly width: number;
      readonly height: number;
    };

export type ReadAnswer = { readonly pixels: FilmPixels } | { readonly fault: string };

/** Messages to and from the worker. A 16-bit film can overtake a PNG, so an answer names its question. */
export interface ReadQuestion {
  readonly id: number;
  readonly request: ReadRequest;
}

export interface ReadReply {
  readonly id: number;
  readonly answer: ReadAnswer;
}

export async function answerTo(request: ReadRequest): Promise<ReadAnswer> {
  try {
    if (request.kind === 'picture') return { pixels: await readPicture(request.blob, request.channels) };
    const { values, width, height } = request;
    return { pixels: filmPixels({ width, height, planes: [values] }, 65535) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** The buffers of an answer: transferred, not copied. */
export function transferables(answer: ReadAnswer): ArrayBuffer[] {
  if ('fault' in answer) return [];
  const arrays = [answer.pixels.histogram, ...answer.pixels.sizes.flatMap(({ planes }) => planes)];
  return arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

/** Rows read at a time: a canvas of the whole film would be larger than some browsers allow. */
const bandRows = 256;

/** The browser decodes the PNG; its values are used as stored, without colour management. */
async function readPicture(blob: Blob, channels: number): Promise<FilmPixels> {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  const planes = Array.from({ length: channels === 3 ? 3 : 1 }, () => new Uint8Array(width * height));
  const canvas = new OffscreenCanvas(width, Math.min(bandRows, height));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser provides no canvas to read the film with.');
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    context.drawImage(bitmap, 0, -top);
    const { data } = context.getImageData(0, 0, width, rows);
    planes.forEach((plane, channel) => {
      const offset = top * width;
      for (let i = 0, p = channel; i < rows * width; i++, p += 4) plane[offset + i] = data[p]!;
    });
  }
  bitmap.close();
  return filmPixels({ width, height, planes }, 255);
}
