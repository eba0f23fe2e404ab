import type { FilmPixels } from '../pixels/levels.js';

/** How much of a film is on the screen: thumbnail and preview come first. */
export type Quality = 'preview' | 'full';

/** Pixels that are on the screen. */
export interface ShownPixels {
  readonly kind: 'shown';
  readonly pixels: FilmPixels;
  readonly quality: Quality;
  /** Depth of the film, whatever is on the screen. */
  readonly bits: number;
  /** Film values that the least and the greatest value of these pixels stand for. */
  readonly stands: readonly [least: number, greatest: number];
  /** Why it stays a preview. */
  readonly fault: string | undefined;
}

export type PixelState =
  | { readonly kind: 'waiting' }
  | ShownPixels
  /** No pixels: not kept, or unreadable. The boxes are still shown. */
  | { readonly kind: 'absent'; readonly code: string; readonly detail: string };
