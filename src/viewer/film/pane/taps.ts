import type { Point } from './view.js';

/** How far apart in time and place the two taps of a double tap may be. */
const doubleTapMs = 350;
const doubleTapPx = 20;

/** Recognises double taps. */
export class Taps {
  #last: { readonly at: Point; readonly timeMs: number } | undefined;

  /** Whether this tap is the second of two; a third starts over. */
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
