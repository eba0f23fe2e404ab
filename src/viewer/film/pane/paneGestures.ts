import { hitBoxes, reach } from '../boxes/hit.js';
import { screenRect } from '../boxes/layer.js';
import type { PaneContent, PaneEvents } from './filmPane.js';
import type { GestureActions } from './gestureActions.js';
import type { PaneView } from './paneView.js';
import { type Point, toFilm, type View } from './view.js';

export interface PaneGesturesOptions {
  readonly place: PaneView;
  readonly events: PaneEvents;
  readonly content: () => PaneContent;
  readonly focus: () => void;
  /** The mouse position over the pane; undefined if it isn't over it. */
  readonly pointed: (at: Point | undefined) => void;
  readonly dragging: (on: boolean) => void;
}

/** What pointers over a pane do to its film and its boxes. */
export function paneGestures({ place, events, content, ...pane }: PaneGesturesOptions): GestureActions {
  let dragStart: View | undefined;
  const hit = (at: Point, within: number): readonly string[] => {
    const { view } = place;
    return view === undefined ? [] : boxesAt(content(), view, at, within);
  };
  return {
    toolOf: (kind) => events.toolOf(kind),
    window: (dx, dy) => {
      events.window(dx, dy);
    },
    move: (dx, dy) => {
      place.pan(dx, dy);
    },
    zoom: (at, factor) => {
      place.zoom(factor, at);
    },
    click(at, kind) {
      pane.focus();
      if (place.view !== undefined) events.clicked(hit(at, reach[kind]), toFilm(place.view, at));
    },
    doubleClick: (at) => {
      place.toggleFit(at);
    },
    menu: (at, kind) => {
      events.menu(hit(at, reach[kind]), at);
    },
    hover(at, kind) {
      pane.pointed(at);
      events.pointed(at === undefined || place.view === undefined ? undefined : toFilm(place.view, at));
      events.hovered(at === undefined ? undefined : hit(at, reach[kind])[0]);
    },
    step: (direction) => {
      events.step(direction);
    },
    begin() {
      pane.dragging(true);
      dragStart = place.view;
      events.dragBegan();
    },
    end() {
      pane.dragging(false);
    },
    abort() {
      pane.dragging(false);
      if (dragStart !== undefined) place.goBack(dragStart);
      events.dragAborted();
    },
  };
}

/** Visible boxes whose outline is near this point, nearest first. */
function boxesAt({ boxes }: PaneContent, view: View, at: Point, within: number): readonly string[] {
  const outlines = boxes
    .filter(({ hiddenBy }) => hiddenBy === null)
    .map(({ box }) => ({ id: box.id, rect: screenRect(box.box, view) }));
  return hitBoxes(outlines, at, within).map(({ id }) => id);
}
