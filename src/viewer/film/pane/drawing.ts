import { element, setAttributes, svgElement } from '../../dom/element.js';
import { createBoxLayer, screenRect } from '../boxes/layer.js';
import type { PaneContent } from './filmPane.js';
import { createMeasureLayer } from './measureLayer.js';
import { createPainter } from './painter.js';
import { type Point, type Size, toFilm, type View } from './view.js';

/** A film on a canvas of its pane's size, with frame, boxes and distances above it. */
export interface Drawing {
  readonly surface: HTMLElement;
  resize(size: Size): void;
  draw(content: PaneContent, at: DrawnAt): void;
}

export interface DrawnAt {
  /** Undefined if the film's size is unknown: then nothing of it is shown. */
  readonly view: View | undefined;
  readonly size: Size;
  readonly pointer: Point | undefined;
  readonly moving: boolean;
}

const nowhere: View = { scale: 1, x: 0, y: 0 };

export function createDrawing(): Drawing {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  const frame = svgElement('rect', { class: 'film-frame' });
  const boxes = createBoxLayer();
  const measures = createMeasureLayer();
  boxes.node.prepend(frame);
  boxes.node.append(measures.node);
  const surface = element('div', { class: 'film-surface' }, canvas, boxes.node);
  const painter = createPainter(canvas);

  return {
    surface,
    resize(size) {
      painter.resize(size, devicePixelRatio);
    },
    draw({ film, ...content }, { view, size, pointer, moving }) {
      const at = view ?? nowhere;
      painter.draw(at, view === undefined ? undefined : content.picture, moving);
      setAttributes(frame, {
        display: content.frame && film !== undefined ? undefined : 'none',
        ...(film === undefined ? {} : { ...screenRect({ x: 0, y: 0, ...film }, at) }),
      });
      boxes.draw(view === undefined ? [] : content.boxes, at, size);
      const to = pointer === undefined ? undefined : toFilm(at, pointer);
      measures.draw(content.measures, content.draft === undefined ? undefined : { from: content.draft, to }, at, size);
    },
  };
}
