import { svgElement } from '../../dom/element.js';
import { scoreBeside } from '../../report/stateWords.js';
import { placeLabels } from '../boxes/labels.js';
import { boxLook, casing, outerRect, type Rect, strokedRect } from '../boxes/look.js';
import type { ShownBox } from '../boxes/shown.js';
import type { Size } from '../pane/view.js';

/** Font size of labels, in units. */
const font = 20;
/** Width of a letter, as a share of the font size: enough for any letter of a class name. */
const letter = 0.62;

/** One unit in film px: a film is 1000 units long, so that lines and letters have the same size on every film. */
export function unitOf({ width, height }: Size): number {
  return Math.max(width, height) / 1000;
}

/** A box as it is printed: its line, label and place in units. */
export interface PrintedBox {
  readonly shown: ShownBox;
  readonly rect: Rect;
  readonly label: string;
  readonly place: (Rect & { readonly leader?: object | undefined }) | undefined;
}

/** Paper has no pointer: a reported box shows its class and score, a candidate its rank; the list has the rest. */
export function layOutBoxes(boxes: readonly ShownBox[], film: Size, threshold: number): readonly PrintedBox[] {
  const unit = unitOf(film);
  const visible = boxes
    .filter(({ hiddenBy }) => hiddenBy === null)
    .map((shown) => {
      const { x, y, width, height } = shown.box.box;
      const rect = { x: x / unit, y: y / unit, width: width / unit, height: height / unit };
      const { rank, box, status } = shown;
      const label = status === 'below' ? String(rank) : `${rank} ${box.class} ${scoreBeside(box.score, threshold)}`;
      return { shown, rect, label };
    });
  const places = placeLabels(
    visible.map(({ shown, rect, label }) => ({
      box: outerRect(rect, boxLook(shown.status, 'none', false).width),
      label: { width: label.length * font * letter + 12, height: font + 8 },
      counts: shown.status === 'reported',
    })),
    { width: film.width / unit, height: film.height / unit },
  );
  return visible.map((box, i) => ({ ...box, place: places[i] }));
}

/** Boxes in the film's own px, for an SVG whose viewBox is the film. */
export function printedBoxes(boxes: readonly ShownBox[], film: Size, threshold: number): SVGGElement {
  return svgElement(
    'g',
    { class: 'printed-boxes', transform: `scale(${unitOf(film)})` },
    ...layOutBoxes(boxes, film, threshold).flatMap((box) => [outlineOf(box), labelOf(box)]),
  );
}

function outlineOf({ shown, rect }: PrintedBox): SVGGElement {
  const look = boxLook(shown.status, 'none', false);
  const along = { ...strokedRect(rect, look.width), fill: 'none', 'stroke-dasharray': look.dash };
  return svgElement(
    'g',
    { 'data-printed-box': shown.box.id },
    svgElement('rect', {
      ...along,
      stroke: casing.colour,
      'stroke-width': look.width + 2 * casing.width,
    }),
    svgElement('rect', { ...along, stroke: look.core, 'stroke-width': look.width }),
  );
}

function labelOf({ shown, label, place }: PrintedBox): SVGGElement | false {
  if (place === undefined) return false;
  const { core } = boxLook(shown.status, 'none', false);
  const { x, y, width, height } = place;
  return svgElement(
    'g',
    {},
    place.leader !== undefined && svgElement('line', { ...place.leader, stroke: core, 'stroke-width': 2 }),
    svgElement('rect', { x, y, width, height, rx: 3, fill: casing.colour, 'fill-opacity': 0.85 }),
    svgElement('text', { x: x + 6, y: y + font, fill: core, 'font-size': font, 'font-weight': 600 }, label),
  );
}
