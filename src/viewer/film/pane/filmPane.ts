import type { DrawnBox } from '../boxes/layer.js';
import type { Rect } from '../boxes/look.js';
import type { PointerKind, Tool } from './gestureActions.js';
import type { FirstEnd, Measure } from './measure.js';
import type { Picture } from './painter.js';
import type { Point, Size, View } from './view.js';

/** What a pane shows. */
export interface PaneContent {
  /** Size of the upright film; undefined while unknown. */
  readonly film: Size | undefined;
  readonly picture: Picture | undefined;
  /** Boxes without pixels lie on an empty frame. */
  readonly frame: boolean;
  readonly boxes: readonly DrawnBox[];
  readonly measures: readonly Measure[];
  readonly draft: FirstEnd | undefined;
}

export const emptyPane: PaneContent = {
  film: undefined,
  picture: undefined,
  frame: false,
  boxes: [],
  measures: [],
  draft: undefined,
};

/** What happens in a pane; film points are in film px, others in CSS px of the pane. */
export interface PaneEvents {
  toolOf(pointer: PointerKind): Tool;
  /** The reader moved the film, not a linked pane. */
  moved(before: View, after: View): void;
  /** A double click asks for the whole film: each of two compared films is fitted by its own size. */
  fitWanted(): void;
  drawn(): void;
  window(dx: number, dy: number): void;
  dragBegan(): void;
  dragAborted(): void;
  pointed(film: Point | undefined): void;
  hovered(id: string | undefined): void;
  clicked(ids: readonly string[], film: Point): void;
  menu(ids: readonly string[], at: Point): void;
  step(direction: 1 | -1): void;
}

/** Where the film lies in a pane, and what moves it. The default point is the middle of the pane. */
export interface PaneMoves {
  readonly view: View | undefined;
  readonly size: Size;
  zoom(factor: number, at?: Point): void;
  pan(dx: number, dy: number): void;
  /** A linked pane does not follow. */
  fit(): void;
  /** One film pixel is one pixel of the screen. */
  oneToOne(at?: Point): void;
  toggleFit(at?: Point): void;
  bringIntoView(box: Rect): void;
  /** Centres a box, as large as possible with its surroundings in view. */
  frameBox(box: Rect): void;
  /** Repeats a move of another pane. */
  follow(before: View, after: View): void;
  /** The film point in the middle. */
  centre(): Point | undefined;
}

export interface FilmPane extends PaneMoves {
  readonly node: HTMLElement;
  show(content: PaneContent): void;
  /** Cancels a drag; true if there was one. */
  cancel(): boolean;
  close(): void;
}
