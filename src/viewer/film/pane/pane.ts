import { element, setAttributes } from '../../dom/element.js';
import { createDrawing } from './drawing.js';
import { emptyPane, type FilmPane, type PaneEvents } from './filmPane.js';
import { createFrames } from './frames.js';
import { takeGestures } from './gestures.js';
import { paneGestures } from './paneGestures.js';
import { PaneView } from './paneView.js';
import type { Point } from './view.js';

export type { FilmPane, PaneContent, PaneEvents } from './filmPane.js';

/** A film in a pane that takes the pointers and the keys' focus. */
export function createPane(label: string, events: PaneEvents): FilmPane {
  const drawing = createDrawing();
  const { surface } = drawing;
  const node = element('div', { class: 'film-pane', role: 'group', tabindex: 0, 'aria-label': label }, surface);
  let content = emptyPane;
  let pointer: Point | undefined;
  let dragging = false;
  const frames = createFrames((moving) => {
    const { view, size } = place;
    drawing.draw(content, { view, size, pointer, moving: moving || dragging });
    if (view !== undefined) setAttributes(node, { 'data-scale': view.scale, 'data-x': view.x, 'data-y': view.y });
    node.toggleAttribute('data-moving', moving);
    events.drawn();
  });
  const place = new PaneView({
    moved: (before, after) => {
      events.moved(before, after);
    },
    fitWanted: () => {
      events.fitWanted();
    },
    redraw: (moving) => {
      frames.redraw(moving);
    },
  });
  const gestures = takeGestures(
    surface,
    paneGestures({
      place,
      events,
      content: () => content,
      focus: () => {
        node.focus({ preventScroll: true });
      },
      pointed(at) {
        pointer = at;
        if (content.draft !== undefined) frames.redraw();
      },
      dragging(on) {
        dragging = on;
        if (!on) frames.redraw();
      },
    }),
  );
  const stopSizing = onResize(surface, (size) => {
    place.resize(size);
    drawing.resize(size);
    frames.drawNow();
  });

  return Object.assign(place, {
    node,
    show(next: typeof content) {
      content = next;
      place.showFilm(next.film);
      frames.redraw();
    },
    cancel: () => gestures.cancel(),
    close() {
      frames.close();
      stopSizing();
      gestures.close();
      node.remove();
    },
  });
}

function onResize(
  node: Element,
  resized: (size: { readonly width: number; readonly height: number }) => void,
): () => void {
  const observer = new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    const { width, height } = entry.contentRect;
    resized({ width: Math.max(1, width), height: Math.max(1, height) });
  });
  observer.observe(node);
  return () => {
    observer.disconnect();
  };
}
