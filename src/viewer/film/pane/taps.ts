import type { Point } from './view.js';

/** How long and how far apart two taps may be that are one double tap. */
const doubleTapMs = 350;
const doubleTapPx = 20;

/** Tells a second tap on the same place from a first one. */
export class Taps {
  #last: { readonly at: Point; readonly timeMs: number } | undefined;

  /** Whether this tap is the second of two; a third begins anew. */
  isDouble(at: Point, timeMs: number): boolean {
    const last = this.#last;
    const double =
      last !== undefined &&
      timeMs - last.timeMs < doubleTapMs &&
      Math.hypot(at.x - last.at.x, at.y - last.at.y) < doubleTapPx;
    this.#last = double ? undefined : { at, timeMs };
    return double;
  }
}
