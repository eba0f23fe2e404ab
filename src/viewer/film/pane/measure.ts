import { type Point, type Size, toScreen, type View } from './view.js';

/** A distance that the reader marked, in film px. Films carry no reliable mm, so only px are given. */
export interface Measure {
  readonly id: number;
  readonly from: Point;
  readonly to: Point;
}

function lengthOf({ from, to }: Pick<Measure, 'from' | 'to'>): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

export function lengthText(measure: Pick<Measure, 'from' | 'to'>): string {
  return `${lengthOf(measure).toFixed(1)} px`;
}

/** Room for a length beside its line, in px. */
const textRoom = 96;

/** Where its two ends are on the screen, and its text: right of the right end, left of it where the pane ends. */
export function measureOnScreen(
  measure: Pick<Measure, 'from' | 'to'>,
  view: View,
  pane: Size,
): { readonly from: Point; readonly to: Point; readonly text: Point & { readonly anchor: 'start' | 'end' } } {
  const from = toScreen(view, measure.from);
  const to = toScreen(view, measure.to);
  const right = from.x > to.x ? from : to;
  const fits = right.x + textRoom <= pane.width;
  return { from, to, text: { x: right.x + (fits ? 8 : -8), y: right.y - 8, anchor: fits ? 'start' : 'end' } };
}
