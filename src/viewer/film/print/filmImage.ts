import type { Picture } from '../pane/painter.js';
import type { Size } from '../pane/view.js';
import { paintedFilm, pngOf } from '../pane/paintedFilm.js';

/** Longer side of the printed picture, in px: 300 dpi on a sheet. */
const longestSide = 2000;

/** The film's picture in an SVG. It is made in advance: the browser waits for nothing between Ctrl+P and printing. */
export interface FilmImage {
  /** Resolves once the picture has loaded, so that it prints. Without a picture, nothing is shown. */
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
