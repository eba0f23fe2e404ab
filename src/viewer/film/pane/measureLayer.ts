import { setAttributes, svgElement } from '../../dom/element.js';
import { textScale } from '../../dom/textScale.js';
import { casing } from '../boxes/look.js';
import { type FirstEnd, lengthText, type Measure, measureOnScreen } from './measure.js';
import { type Point, type Size, toScreen, type View } from './view.js';

export interface MeasureLayer {
  readonly node: SVGGElement;
  /** @param draft first point of an unfinished distance, and the pointer (film px) */
  draw(
    measures: readonly Measure[],
    draft: { readonly from: FirstEnd; readonly to: Point | undefined } | undefined,
    view: View,
    pane: Size,
  ): void;
}

/** A person's mark: yellow, like everything a reader draws. */
const colour = '#FFD84A';

/** Distances over the film: a line with its length beside the right end. */
export function createMeasureLayer(): MeasureLayer {
  const node = svgElement('g', { class: 'film-measures' });
  return {
    node,
    draw(measures, draft, view, pane) {
      const lines = measures.map((measure) => lineNodes(measure, view, pane, measure.id));
      const begun =
        draft === undefined
          ? []
          : draft.to === undefined
            ? [endMark(toScreen(view, draft.from))]
            : [lineNodes({ from: draft.from, to: draft.to }, view, pane, undefined)];
      node.replaceChildren(...lines, ...begun);
    },
  };
}

function lineNodes(measure: Pick<Measure, 'from' | 'to'>, view: View, pane: Size, id: number | undefined): SVGGElement {
  const { from, to, text } = measureOnScreen(measure, view, pane);
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  const words = svgElement(
    'text',
    {
      x: text.x,
      y: text.y,
      'text-anchor': text.anchor,
      fill: colour,
      stroke: casing.colour,
      'stroke-width': 4,
      'paint-order': 'stroke',
      'font-size': 15 * textScale(),
      'font-weight': 600,
    },
    lengthText(measure),
  );
  const group = svgElement(
    'g',
    {},
    svgElement('line', { ...ends, stroke: casing.colour, 'stroke-width': 4 }),
    svgElement('line', { ...ends, stroke: colour, 'stroke-width': 2 }),
    endMark(from),
    endMark(to),
    words,
  );
  setAttributes(group, { 'data-measure': id });
  return group;
}

function endMark({ x, y }: Point): SVGGElement {
  const cross = `M${x - 5} ${y}H${x + 5}M${x} ${y - 5}V${y + 5}`;
  return svgElement(
    'g',
    {},
    svgElement('path', { d: cross, stroke: casing.colour, 'stroke-width': 4 }),
    svgElement('path', { d: cross, stroke: colour, 'stroke-width': 2 }),
  );
}
