import type { Point } from './view.js';

/** What dragging one pointer over the film does. */
export type Tool = 'window' | 'zoom' | 'move' | 'measure';

/** A pen counts as touch. */
export type PointerKind = 'mouse' | 'touch';

/** What pointers do in a pane; points and distances are in CSS px of the pane. */
export interface GestureActions {
  /** What a plain drag does: mouse and finger may differ. */
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
  /** A drag begins, ends, or is cancelled, which undoes everything since it began. */
  begin(): void;
  end(): void;
  abort(): void;
}
