import { element, setAttributes, svgElement } from '../../dom/element.js';
import { textScale } from '../../dom/textScale.js';
import { type Size, toScreen, type View } from '../pane/view.js';
import { type Labelled, type Placed, placeLabels } from './labels.js';
import { type BoxLook, boxLook, casing, type Emphasis, outerRect, type Rect, strokedRect } from './look.js';
import type { ShownBox } from './shown.js';

/** A box to draw, with its label. */
export interface DrawnBox extends ShownBox {
  readonly emphasis: Emphasis;
  readonly prior: boolean;
  /** One line, or several for the box in focus. */
  readonly label: readonly string[];
}

export interface BoxLayer {
  readonly node: SVGSVGElement;
  /** Draws a film's boxes in a view of it: lines and labels keep their size on the screen. */
  draw(boxes: readonly DrawnBox[], view: View, pane: Size): void;
}

/** 15 px at the browser's usual text size, scaled with that size. */
function labelFont(): { readonly size: number; readonly line: number; readonly pad: number } {
  const size = 15 * textScale();
  return { size, line: Math.round(size * 1.27), pad: Math.round(size / 3) };
}

/** An SVG as large as the pane, over the film. */
export function createBoxLayer(): BoxLayer {
  const lines = svgElement('g');
  const labels = svgElement('g');
  const node = svgElement('svg', { class: 'film-boxes', 'aria-hidden': 'true' }, lines, labels);
  const drawnBoxes = new Map<string, BoxNodes>();
  const font = labelFont();
  const textWidth = textMeasure(font.size);

  return {
    node,
    draw(boxes, view, pane) {
      const visible = boxes.filter(({ hiddenBy }) => hiddenBy === null);
      for (const [id, nodes] of drawnBoxes) {
        if (visible.some(({ box }) => box.id === id)) continue;
        nodes.outline.remove();
        nodes.label.remove();
        drawnBoxes.delete(id);
      }
      const laidOut = visible.map((drawn) => {
        const look = boxLook(drawn.status, drawn.emphasis, drawn.prior);
        const rect = screenRect(drawn.box.box, view);
        const label = {
          width: Math.max(...drawn.label.map(textWidth)) + 2 * font.pad,
          height: drawn.label.length * font.line + 4,
        };
        // A candidate in focus shows its label wherever there is room.
        const counts = drawn.status === 'reported' || drawn.emphasis !== 'none';
        return {
          drawn,
          look,
          rect,
          labelled: { box: outerRect(rect, look.width), label, counts } satisfies Labelled,
        };
      });
      // The box in focus gets the first choice of label place, and lies on top.
      const inTurn = laidOut
        .filter(({ drawn }) => drawn.emphasis !== 'none')
        .concat(laidOut.filter(({ drawn }) => drawn.emphasis === 'none'));
      const places = placeLabels(
        inTurn.map(({ labelled }) => labelled),
        pane,
      );
      inTurn.forEach(({ drawn, look, rect }, i) => {
        const nodes = drawnBoxes.get(drawn.box.id) ?? newBox(drawn, lines, labels, font.size);
        drawnBoxes.set(drawn.box.id, nodes);
        drawOutline(nodes, drawn, rect, look);
        drawLabel(nodes, drawn, look, places[i], font);
        if (drawn.emphasis !== 'none') lines.append(nodes.outline);
      });
    },
  };
}

/** The box on the screen, its edges moved outwards to whole px so that its lines are sharp. */
export function screenRect(box: Rect, view: View): Rect {
  const from = toScreen(view, box);
  const to = toScreen(view, { x: box.x + box.width, y: box.y + box.height });
  const x = Math.floor(from.x + 1e-6);
  const y = Math.floor(from.y + 1e-6);
  return { x, y, width: Math.ceil(to.x - 1e-6) - x, height: Math.ceil(to.y - 1e-6) - y };
}

interface BoxNodes {
  readonly outline: SVGGElement;
  readonly casing: SVGRectElement;
  readonly core: SVGRectElement;
  readonly label: SVGGElement;
  readonly leader: SVGLineElement;
  readonly pill: SVGRectElement;
  readonly text: SVGTextElement;
  words: string;
}

function newBox({ box }: DrawnBox, lines: SVGGElement, labels: SVGGElement, fontSize: number): BoxNodes {
  const casingRect = svgElement('rect', { fill: 'none', stroke: casing.colour });
  const core = svgElement('rect', { fill: 'none', class: 'core' });
  const outline = svgElement(
    'g',
    { 'data-box': box.id, 'data-source': 'ai', 'data-score': box.score, 'data-class': box.class },
    casingRect,
    core,
  );
  const leader = svgElement('line', { stroke: casing.colour, 'stroke-width': 2 });
  const pill = svgElement('rect', { rx: 3, fill: casing.colour, 'fill-opacity': 0.85 });
  const text = svgElement('text', { 'font-size': fontSize, 'font-weight': 600 });
  const label = svgElement('g', { 'data-label': box.id }, leader, pill, text);
  lines.append(outline);
  labels.append(label);
  return { outline, casing: casingRect, core, label, leader, pill, text, words: '' };
}

function drawOutline(
  { outline, casing: casingRect, core }: BoxNodes,
  drawn: DrawnBox,
  rect: Rect,
  look: BoxLook,
): void {
  // The casing has the same gaps: a solid casing would make the boxes that don't count the heaviest lines on the film.
  const along = { ...strokedRect(rect, look.width), 'stroke-dasharray': look.dash };
  setAttributes(outline, { 'data-status': drawn.status, 'data-emphasis': drawn.emphasis });
  setAttributes(casingRect, { ...along, 'stroke-width': look.width + 2 * casing.width });
  setAttributes(core, { ...along, 'stroke-width': look.width, stroke: look.core });
}

function drawLabel(
  nodes: BoxNodes,
  drawn: DrawnBox,
  look: BoxLook,
  place: Placed | undefined,
  font: ReturnType<typeof labelFont>,
): void {
  setAttributes(nodes.label, { display: place === undefined ? 'none' : undefined });
  if (place === undefined) return;
  const { leader, ...rect } = place;
  setAttributes(nodes.pill, { ...rect });
  setAttributes(nodes.leader, {
    ...(leader ?? {}),
    stroke: look.core,
    display: leader === undefined ? 'none' : undefined,
  });
  setAttributes(nodes.text, { x: rect.x + font.pad, y: rect.y, fill: look.core });
  const words = drawn.label.join('\n');
  if (words !== nodes.words || nodes.text.childElementCount === 0) {
    nodes.words = words;
    nodes.text.replaceChildren(...drawn.label.map((line) => svgElement('tspan', {}, line)));
  }
  [...nodes.text.children].forEach((line, i) => {
    setAttributes(line, { x: rect.x + font.pad, y: rect.y + font.size + 1 + i * font.line });
  });
}

/** Width of a text in a label's font, in px. */
function textMeasure(size: number): (text: string) => number {
  const context = element('canvas').getContext('2d');
  const known = new Map<string, number>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (context === null) return text.length * 9;
    const family = getComputedStyle(document.documentElement).getPropertyValue('--font') || 'sans-serif';
    context.font = `600 ${size}px ${family}`;
    const width = Math.ceil(context.measureText(text).width);
    known.set(text, width);
    return width;
  };
}
