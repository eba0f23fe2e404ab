import type { FilmPixels } from '../pixels/levels.js';
import { paint, type Raster } from '../pixels/paint.js';
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
  /** @param pixelRatio device px per CSS px */
  resize(pane: Size, pixelRatio: number): void;
  /**
   * `moving`: more frames follow at once, so this one may be coarser. Without a picture, only the background is drawn.
   */
  draw(view: View, picture: Picture | undefined, moving: boolean): void;
}

/** Opaque #000000 as a little-endian RGBA word: it is dark around a film. */
const background = 0xff000000;

/** Time limit for a frame while the film moves: a screen shows 60 a second, and boxes need their share. */
const frameBudgetMs = 12;

/**
 * Computes pixels for a 2-D canvas itself, visible ones only: without a GPU this is faster than WebGL, which then runs
 * on the same processor. If a frame at full resolution exceeds the budget, frames are as coarse as necessary during a
 * movement, and the film is sharp again once it rests.
 */
export function createPainter(canvas: HTMLCanvasElement): Painter {
  const context = contextOf(canvas);
  const coarseCanvas = document.createElement('canvas');
  const coarseContext = contextOf(coarseCanvas);
  let fine = rasterOf(1, 1);
  let coarse = rasterOf(1, 1);
  let ratio = 1;
  /** Cost of one device px, measured in the last sharp frame. */
  let costMs = 0;

  function paintSharp(view: View, picture: Picture): void {
    const start = performance.now();
    paint(fine, picture.pixels, picture.table, view, ratio, background);
    context.putImageData(fine.image, 0, 0);
    costMs = (performance.now() - start) / (fine.width * fine.height);
  }
  function paintCoarse(view: View, picture: Picture, step: number): void {
    const width = Math.ceil(fine.width / step);
    const height = Math.ceil(fine.height / step);
    if (coarse.width !== width || coarse.height !== height) {
      coarse = rasterOf(width, height);
      coarseCanvas.width = width;
      coarseCanvas.height = height;
    }
    paint(coarse, picture.pixels, picture.table, view, ratio / step, background);
    coarseContext.putImageData(coarse.image, 0, 0);
    context.drawImage(coarseCanvas, 0, 0, step * width, step * height);
  }

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
    },
    draw(view, picture, moving) {
      if (picture === undefined) {
        context.fillStyle = '#000000';
        context.fillRect(0, 0, canvas.width, canvas.height);
        return;
      }
      const step = moving ? coarseness(costMs * fine.width * fine.height) : 1;
      if (step === 1) paintSharp(view, picture);
      else paintCoarse(view, picture, step);
    },
  };
}

/** Device px merged into one in each direction while the film moves. */
export function coarseness(sharpFrameMs: number): number {
  return Math.min(4, Math.max(1, Math.ceil(Math.sqrt(sharpFrameMs / frameBudgetMs))));
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('This browser provides no canvas to show films on.');
  return context;
}

function rasterOf(width: number, height: number): Raster & { readonly image: ImageData } {
  const image = new ImageData(width, height);
  return { width, height, image, words: new Uint32Array(image.data.buffer) };
}
