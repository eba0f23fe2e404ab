import type { Rect } from '../boxes/look.js';
import type { PaneMoves } from './filmPane.js';
import {
  broughtIntoView,
  fitted,
  following,
  framing,
  held,
  isFitted,
  panned,
  type Point,
  resized,
  scaledAt,
  scaleLimits,
  type Size,
  toFilm,
  type View,
  zoomedAt,
} from './view.js';

export interface PaneViewOptions {
  /** The reader moved the film, not a linked pane. */
  readonly moved: (before: View, after: View) => void;
  readonly fitWanted: () => void;
  /** `moving`: more steps follow at once. */
  readonly redraw: (moving: boolean) => void;
}

/** Where a film lies in its pane. There is no view until the film's size is known. */
export class PaneView implements PaneMoves {
  readonly #options: PaneViewOptions;
  #film: Size | undefined;
  #size: Size = { width: 1, height: 1 };
  #view: View | undefined;

  constructor(options: PaneViewOptions) {
    this.#options = options;
  }

  get view(): View | undefined {
    return this.#view;
  }

  get size(): Size {
    return this.#size;
  }

  /** A film of another size is shown whole; one of the same size stays where it was. */
  showFilm(film: Size | undefined): void {
    const sameFilm = film?.width === this.#film?.width && film?.height === this.#film?.height;
    this.#film = film;
    if (film !== undefined && (!sameFilm || this.#view === undefined)) this.#view = fitted(film, this.#size);
  }

  resize(size: Size): void {
    if (this.#view !== undefined && this.#film !== undefined)
      this.#view = resized(this.#view, this.#film, this.#size, size);
    this.#size = size;
  }

  zoom(factor: number, at = this.#middle): void {
    this.#move((view, film) => zoomedAt(view, at, factor, scaleLimits(film, this.#size)), { moving: true });
  }

  pan(dx: number, dy: number): void {
    this.#move((view) => panned(view, dx, dy), { moving: true });
  }

  fit(): void {
    this.#move((_, film) => fitted(film, this.#size), { linked: false });
  }

  oneToOne(at = this.#middle): void {
    this.#move((view) => scaledAt(view, at, 1 / devicePixelRatio));
  }

  toggleFit(at = this.#middle): void {
    if (this.#view === undefined || this.#film === undefined) return;
    if (isFitted(this.#view, this.#film, this.#size)) this.oneToOne(at);
    else this.#options.fitWanted();
  }

  bringIntoView(box: Rect): void {
    this.#move((view) => broughtIntoView(view, box, this.#size));
  }

  frameBox(box: Rect): void {
    this.#move((_, film) => framing(box, this.#size, scaleLimits(film, this.#size)));
  }

  follow(before: View, after: View): void {
    this.#move((view) => following(view, before, after), { linked: false, moving: true });
  }

  /** Returns to where the film was before a cancelled drag. */
  goBack(to: View): void {
    this.#move(() => to);
  }

  centre(): Point | undefined {
    return this.#view === undefined ? undefined : toFilm(this.#view, this.#middle);
  }

  get #middle(): Point {
    return { x: this.#size.width / 2, y: this.#size.height / 2 };
  }

  #move(to: (view: View, film: Size) => View, { linked = true, moving = false } = {}): void {
    const before = this.#view;
    if (before === undefined || this.#film === undefined) return;
    const after = held(to(before, this.#film), this.#film, this.#size);
    this.#view = after;
    if (linked) this.#options.moved(before, after);
    this.#options.redraw(moving);
  }
}
