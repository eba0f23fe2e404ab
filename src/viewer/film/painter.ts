import type { FilmPixels } from './pixels/levels.js';
import { paint, type Raster } from './pixels/paint.js';
import type { Size, View } from './view.js';

/** What a pane shows of a film's pixels. */
export interface Picture {
  readonly pixels: FilmPixels;
  /** Screen grey of each film value. */
  readonly table: Uint8Array;
}

/** Puts a film on a canvas that is as large as its pane. */
export interface Painter {
  readonly canvas: HTMLCanvasElement;
  /** @param pixelRatio device px a CSS px */
  resize(pane: Size, pixelRatio: number): void;
  /** `moving`: more frames follow at once, so this one may be coarser. Without a picture only the background. */
  draw(view: View, picture: Picture | undefined, moving: boolean): void;
}

/** Opaque #000000 as a little-endian RGBA word: around a film it is dark. */
const background = 0xff000000;

/** A frame that takes longer than this is painted at half the resolution while the film moves. */
const frameBudgetMs = 12;

/**
 * Paints on a 2-D canvas by own arithmetic, visible pixels only. On machines without a GPU this is faster
 * than WebGL, whose pixels are then computed by the same processor.
 */
export function createPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('This browser gives no canvas to show films on.');
  const coarseCanvas = document.createElement('canvas');
  const coarseContext = coarseCanvas.getContext('2d', { alpha: false });
  let fine = rasterOf(1, 1);
  let coarse = rasterOf(1, 1);
  let ratio = 1;
  let lastFineMs = 0;

  return {
    canvas,
    resize(pane, pixelRatio) {
      ratio = Math.min(pixelRatio, 2);
      const width = Math.max(1, Math.round(pane.width * ratio));
      const height = Math.max(1, Math.round(pane.height * ratio));
      if (canvas.width === width && canvas.height === height) return;
      canvas.width = width;
      canvas.height = height;
      fine = rasterOf(width, height);
      coarse = rasterOf(Math.ceil(width / 2), Math.ceil(height / 2));
      coarseCanvas.width = coarse.width;
      coarseCanvas.height = coarse.height;
    },
    draw(view, picture, moving) {
      if (picture === undefined) {
        context.fillStyle = '#000000';
        context.fillRect(0, 0, canvas.width, canvas.height);
        return;
      }
      if (moving && lastFineMs > frameBudgetMs && coarseContext !== null) {
        paint(coarse, picture.pixels, picture.table, view, ratio / 2, background);
        coarseContext.putImageData(coarse.image, 0, 0);
        context.drawImage(coarseCanvas, 0, 0, 2 * coarse.width, 2 * coarse.height);
        return;
      }
      const start = performance.now();
      paint(fine, picture.pixels, picture.table, view, ratio, background);
      context.putImageData(fine.image, 0, 0);
      lastFineMs = performance.now() - start;
    },
  };
}

function rasterOf(width: number, height: number): Raster & { readonly image: ImageData } {
  const image = new ImageData(width, height);
  return { width, height, image, words: new Uint32Array(image.data.buffer) };
}
