import type { Point } from './view.js';

/** What one pointer dragged over the film does. */
export type Tool = 'window' | 'zoom' | 'move' | 'measure';

/** A pen is a finger. */
export type PointerKind = 'mouse' | 'touch';

/** What a pane does with the pointers over it; points and distances are CSS px of the pane. */
export interface GestureActions {
  /** What a plain drag is to do: a mouse and a finger may differ. */
  toolOf(pointer: PointerKind): Tool;
  window(dx: number, dy: number): void;
  move(dx: number, dy: number): void;
  zoom(at: Point, factor: number): void;
  /** A click or tap without a drag. */
  click(at: Point, pointer: PointerKind): void;
  doubleClick(at: Point): void;
  menu(at: Point, pointer: PointerKind): void;
  hover(at: Point | undefined, pointer: PointerKind): void;
  /** Alt+wheel: one earlier or later film. */
  step(direction: 1 | -1): void;
  /** A drag begins, ends, or was broken off: then everything since its begin is to be undone. */
  begin(): void;
  end(): void;
  abort(): void;
}
