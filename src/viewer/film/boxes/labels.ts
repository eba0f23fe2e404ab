import type { Size } from '../pane/view.js';
import type { Rect } from './look.js';

/** A label to place beside its box, in screen px of the pane. */
export interface Labelled {
  /** The line's outer edge: the label stands outside it. */
  readonly box: Rect;
  readonly label: Size;
  /** A reported box: labels of other boxes must not overlap it. */
  readonly counts: boolean;
}

export interface Placed extends Rect {
  /** From the box to a label that had to move away from it. */
  readonly leader: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } | undefined;
}

/** Space between a box's line and its label, and between two labels. */
const gap = 2;
/** How far a label may move from its box before it is left out (the list beside the film still has it). */
const farthest = 160;

/**
 * Places labels, the first box first: outside its top left corner, else along its edges, else farther away with
 * a leader line. No two labels overlap, none covers its own box, and all lie inside the pane; a label that fits nowhere
 * (its box fills the pane) is left out.
 */
export function placeLabels(boxes: readonly Labelled[], pane: Size): readonly (Placed | undefined)[] {
  const taken: Rect[] = [];
  const placed = new Map<Labelled, Placed>();
  for (const labelled of boxes) {
    const place = overlaps(labelled.box, { x: 0, y: 0, ...pane }) ? placeOf(labelled, boxes, taken, pane) : undefined;
    if (place === undefined) continue;
    placed.set(labelled, place);
    taken.push(place);
  }
  return boxes.map((box) => placed.get(box));
}

function placeOf(labelled: Labelled, all: readonly Labelled[], taken: readonly Rect[], pane: Size): Placed | undefined {
  const closed = labelled.counts ? [] : all.filter(({ counts }) => counts).map(({ box }) => box);
  const free = (place: Rect): boolean =>
    inside(place, pane) &&
    !overlaps(place, labelled.box) &&
    !closed.some((box) => overlaps(place, box)) &&
    !taken.some((other) => overlaps(grown(other, gap), place));
  const covered = (place: Rect): number => all.filter(({ box }) => box !== labelled.box && overlaps(place, box)).length;
  // Next to the box, a place that covers no other box beats an earlier one that does.
  const beside = besides(labelled, pane).filter(free);
  const best = beside.find((place) => covered(place) === 0) ?? beside[0];
  if (best !== undefined) return { ...best, leader: undefined };
  for (const place of aways(labelled, pane)) {
    if (free(place)) return { ...place, leader: leaderBetween(place, labelled.box) };
  }
  return undefined;
}

/** Above from the left corner to the right one, below, right, left. */
function besides({ box, label }: Labelled, pane: Size): Rect[] {
  const above = box.y - gap - label.height;
  const below = box.y + box.height + gap;
  const right = box.x + box.width + gap;
  const left = box.x - gap - label.width;
  const xs = steps(box.x, box.x + box.width - label.width, pane.width - label.width);
  const ys = steps(box.y, box.y + box.height - label.height, pane.height - label.height);
  return [
    ...xs.map((x) => at(x, above, label)),
    ...xs.map((x) => at(x, below, label)),
    ...ys.map((y) => at(right, y, label)),
    ...ys.map((y) => at(left, y, label)),
  ];
}

/** Farther and farther out, above and below first. */
function aways({ box, label }: Labelled, pane: Size): Rect[] {
  const xs = steps(box.x, box.x + box.width - label.width, pane.width - label.width);
  const places: Rect[] = [];
  for (let away = label.height + gap; away <= farthest; away += label.height + gap) {
    places.push(
      ...xs.map((x) => at(x, box.y - gap - label.height - away, label)),
      ...xs.map((x) => at(x, box.y + box.height + gap + away, label)),
    );
    places.push(
      at(box.x + box.width + gap + away, clamp(box.y, 0, pane.height - label.height), label),
      at(box.x - gap - label.width - away, clamp(box.y, 0, pane.height - label.height), label),
    );
  }
  return places;
}

/** Five positions along an edge, kept inside the pane. */
function steps(from: number, to: number, most: number): number[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => clamp(from + share * (to - from), 0, most));
}

/** From the middle of the label's nearer side to the nearest point of the box. */
function leaderBetween(label: Rect, box: Rect): NonNullable<Placed['leader']> {
  const x = label.x + label.width / 2;
  const y = label.y + label.height / 2;
  const x2 = clamp(x, box.x, box.x + box.width);
  const y2 = clamp(y, box.y, box.y + box.height);
  return { x1: clamp(x2, label.x, label.x + label.width), y1: clamp(y2, label.y, label.y + label.height), x2, y2 };
}

function at(x: number, y: number, { width, height }: Size): Rect {
  return { x, y, width, height };
}

function grown({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

function inside(rect: Rect, pane: Size): boolean {
  return rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= pane.width && rect.y + rect.height <= pane.height;
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.max(least, Math.min(greatest, value));
}
