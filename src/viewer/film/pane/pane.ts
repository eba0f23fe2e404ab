import { element, setAttributes, svgElement } from '../../dom/element.js';
import { hitBoxes, reach } from '../boxes/hit.js';
import { createBoxLayer, type DrawnBox, screenRect } from '../boxes/layer.js';
import type { Rect } from '../boxes/look.js';
import { type GestureActions, takeGestures, type Tool } from './gestures.js';
import type { Measure } from './measure.js';
import { createMeasureLayer } from './measureLayer.js';
import { createPainter, type Picture } from './painter.js';
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

/** What a pane shows. */
export interface PaneContent {
  /** Size of the upright film; undefined while nobody knows it. */
  readonly film: Size | undefined;
  readonly picture: Picture | undefined;
  /** Boxes without pixels lie on an empty frame. */
  readonly frame: boolean;
  readonly boxes: readonly DrawnBox[];
  readonly measures: readonly Measure[];
  readonly draft: Point | undefined;
}

/** What happens in a pane; film points are in film px, others in CSS px of the pane. */
export interface PaneEvents {
  toolOf(pointer: 'mouse' | 'touch'): Tool;
  /** By the reader's own hand, not by a linked pane. */
  moved(before: View, after: View): void;
  /** A double click wants the whole film: films laid beside each other are each fitted by their own size. */
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

export interface FilmPane {
  readonly node: HTMLElement;
  readonly view: View | undefined;
  readonly size: Size;
  show(content: PaneContent): void;
  zoom(factor: number, at?: Point): void;
  pan(dx: number, dy: number): void;
  /** A linked pane does not follow. */
  fit(): void;
  /** One film pixel is one pixel of the screen. */
  oneToOne(at?: Point): void;
  toggleFit(at?: Point): void;
  bringIntoView(box: Rect): void;
  /** A box in the middle, as large as can be seen with what lies around it. */
  frameBox(box: Rect): void;
  /** Makes the move that another pane made. */
  follow(before: View, after: View): void;
  /** Breaks off a drag; true when there was one. */
  cancel(): boolean;
  /** The film point in the middle. */
  centre(): Point | undefined;
  close(): void;
}

const nowhere: View = { scale: 1, x: 0, y: 0 };

/** A canvas of the pane's own size with the film on it, boxes and distances above; it takes the pointers. */
export function createPane(label: string, events: PaneEvents): FilmPane {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  const frame = svgElement('rect', { class: 'film-frame' });
  const boxes = createBoxLayer();
  const measures = createMeasureLayer();
  boxes.node.prepend(frame);
  boxes.node.append(measures.node);
  const surface = element('div', { class: 'film-surface' }, canvas, boxes.node);
  const node = element('div', { class: 'film-pane', role: 'group', tabindex: 0, 'aria-label': label }, surface);
  const painter = createPainter(canvas);

  let content: PaneContent = {
    film: undefined,
    picture: undefined,
    frame: false,
    boxes: [],
    measures: [],
    draft: undefined,
  };
  let size: Size = { width: 1, height: 1 };
  let view: View | undefined;
  let pointer: Point | undefined;
  let frameAsked = 0;
  let dragging = false;
  let restingFrame: ReturnType<typeof setTimeout> | undefined;
  let dragStart: View | undefined;

  const redraw = (moving = false): void => {
    clearTimeout(restingFrame);
    // Once it rests the film is painted at full resolution, whatever was done on the way.
    if (moving)
      restingFrame = setTimeout(() => {
        redraw();
      }, 120);
    if (frameAsked !== 0) return;
    frameAsked = requestAnimationFrame(() => {
      frameAsked = 0;
      draw(moving || dragging);
    });
  };
  const draw = (moving: boolean): void => {
    const at = view ?? nowhere;
    painter.draw(at, view === undefined ? undefined : content.picture, moving);
    const { film } = content;
    setAttributes(frame, {
      display: content.frame && film !== undefined ? undefined : 'none',
      ...(film === undefined ? {} : { ...screenRect({ x: 0, y: 0, ...film }, at) }),
    });
    boxes.draw(view === undefined ? [] : content.boxes, at, size);
    measures.draw(
      content.measures,
      content.draft === undefined
        ? undefined
        : { from: content.draft, to: pointer === undefined ? undefined : toFilm(at, pointer) },
      at,
      size,
    );
    if (view !== undefined) setAttributes(node, { 'data-scale': view.scale, 'data-x': view.x, 'data-y': view.y });
    events.drawn();
  };
  const move = (next: View, tell: boolean, moving = true): void => {
    const { film } = content;
    if (view === undefined || film === undefined) return;
    const before = view;
    view = held(next, film, size);
    if (tell) events.moved(before, view);
    redraw(moving);
  };
  const middle = (): Point => ({ x: size.width / 2, y: size.height / 2 });
  const hit = (at: Point, within: number): readonly string[] =>
    hitBoxes(
      content.boxes
        .filter(({ hiddenBy }) => hiddenBy === null)
        .map(({ box }) => ({ id: box.id, rect: screenRect(box.box, view ?? nowhere) })),
      at,
      within,
    ).map(({ id }) => id);

  const pane: FilmPane = {
    node,
    get view() {
      return view;
    },
    get size() {
      return size;
    },
    show(next) {
      const sameFilm = next.film?.width === content.film?.width && next.film?.height === content.film?.height;
      content = next;
      if (next.film !== undefined && (!sameFilm || view === undefined)) view = fitted(next.film, size);
      redraw();
    },
    zoom(factor, at = middle()) {
      if (view !== undefined && content.film !== undefined)
        move(zoomedAt(view, at, factor, scaleLimits(content.film, size)), true);
    },
    pan(dx, dy) {
      if (view !== undefined) move(panned(view, dx, dy), true);
    },
    fit() {
      if (content.film !== undefined) move(fitted(content.film, size), false, false);
    },
    oneToOne(at = middle()) {
      if (view !== undefined) move(scaledAt(view, at, 1 / devicePixelRatio), true, false);
    },
    toggleFit(at = middle()) {
      if (view === undefined || content.film === undefined) return;
      if (isFitted(view, content.film, size)) pane.oneToOne(at);
      else events.fitWanted();
    },
    bringIntoView(box) {
      if (view !== undefined) move(broughtIntoView(view, box, size), true, false);
    },
    follow(before, after) {
      if (view !== undefined) move(following(view, before, after), false);
    },
    frameBox(box) {
      if (content.film !== undefined) move(framing(box, size, scaleLimits(content.film, size)), true, false);
    },
    cancel: () => gestures.cancel(),
    centre: () => (view === undefined ? undefined : toFilm(view, middle())),
    close() {
      clearTimeout(restingFrame);
      cancelAnimationFrame(frameAsked);
      sizes.disconnect();
      gestures.close();
      node.remove();
    },
  };

  const actions: GestureActions = {
    toolOf: (kind) => events.toolOf(kind),
    window: (dx, dy) => {
      events.window(dx, dy);
    },
    move: (dx, dy) => {
      pane.pan(dx, dy);
    },
    zoom: (at, factor) => {
      pane.zoom(factor, at);
    },
    click(at, kind) {
      node.focus({ preventScroll: true });
      if (view !== undefined) events.clicked(hit(at, reach[kind]), toFilm(view, at));
    },
    doubleClick: (at) => {
      pane.toggleFit(at);
    },
    menu: (at, kind) => {
      events.menu(hit(at, reach[kind]), at);
    },
    hover(at, kind) {
      pointer = at;
      events.pointed(at === undefined || view === undefined ? undefined : toFilm(view, at));
      events.hovered(at === undefined ? undefined : hit(at, reach[kind])[0]);
      if (content.draft !== undefined) redraw();
    },
    step: (direction) => {
      events.step(direction);
    },
    begin() {
      dragging = true;
      dragStart = view;
      events.dragBegan();
    },
    end() {
      dragging = false;
      redraw();
    },
    abort() {
      dragging = false;
      if (dragStart !== undefined) move(dragStart, true, false);
      events.dragAborted();
    },
  };
  const gestures = takeGestures(surface, actions);

  const sizes = new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    const next = { width: Math.max(1, entry.contentRect.width), height: Math.max(1, entry.contentRect.height) };
    if (view !== undefined && content.film !== undefined) view = resized(view, content.film, size, next);
    size = next;
    painter.resize(size, devicePixelRatio);
    // At once: a canvas that changed its size is empty until it is painted again.
    cancelAnimationFrame(frameAsked);
    frameAsked = 0;
    draw(false);
  });
  sizes.observe(surface);
  return pane;
}
