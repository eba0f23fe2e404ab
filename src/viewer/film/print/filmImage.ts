import type { Picture } from '../pane/painter.js';
import type { Size } from '../pane/view.js';
import { paint } from '../pixels/paint.js';

/** Longer side of the printed picture, in px: 300 dpi on a sheet. */
const longestSide = 2000;

/** The whole film as it is windowed, on a canvas of its own; no larger than `longest` on its longer side. */
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

/** A canvas as a file. @throws where the browser makes none */
export async function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (blob === null) throw new Error('This browser makes no picture of the film.');
  return blob;
}

/** The film's picture in an SVG. It is made ahead: between Ctrl+P and the print-out nothing is waited for. */
export interface FilmImage {
  /** Resolves once the picture has been read, so that it prints; without one nothing is shown. */
  show(picture: Picture | undefined, film: Size): Promise<void>;
  close(): void;
}

export function createFilmImage(node: SVGImageElement): FilmImage {
  let shown: Picture | undefined;
  let address: string | undefined;

  function forget(): void {
    if (address !== undefined) URL.revokeObjectURL(address);
    address = undefined;
    shown = undefined;
    node.removeAttribute('href');
  }
  async function put(picture: Picture, film: Size): Promise<void> {
    const blob = await pngOf(paintedFilm(picture, film, longestSide));
    forget();
    address = URL.createObjectURL(blob);
    const loaded = new Promise<void>((resolve, reject) => {
      node.addEventListener(
        'load',
        () => {
          resolve();
        },
        { once: true },
      );
      node.addEventListener(
        'error',
        () => {
          reject(new Error('The picture of the film could not be read.'));
        },
        { once: true },
      );
    });
    node.setAttribute('href', address);
    await loaded;
    shown = picture;
  }

  return {
    async show(picture, film) {
      if (picture === undefined) forget();
      else if (shown?.pixels !== picture.pixels || shown.table !== picture.table) await put(picture, film);
    },
    close: forget,
  };
}
