import type { Picture } from './painter.js';
import type { Size } from './view.js';
import { paint } from '../pixels/paint.js';

/** The whole film as windowed, on its own canvas, at most `longest` px on the longer side. */
export function paintedFilm(picture: Picture, film: Size, longest: number): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(film.width, film.height));
  const width = Math.max(1, Math.round(film.width * scale));
  const height = Math.max(1, Math.round(film.height * scale));
  const image = new ImageData(width, height);
  const raster = { width, height, words: new Uint32Array(image.data.buffer) };
  paint(raster, picture.pixels, picture.table, { scale, x: 0, y: 0 }, 1, 0xff000000);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d', { alpha: false })?.putImageData(image, 0, 0);
  return canvas;
}

/** A canvas as a PNG file. @throws if the browser can't make one */
export async function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (blob === null) throw new Error("This browser can't make a picture of the film.");
  return blob;
}
