import { type Point, toScreen, type View } from './view.js';

/** A distance that the reader marked, in film px. Films carry no trustworthy mm: px is all that is said. */
export interface Measure {
  readonly id: number;
  readonly from: Point;
  readonly to: Point;
}

export function lengthOf({ from, to }: Pick<Measure, 'from' | 'to'>): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

export function lengthText(measure: Pick<Measure, 'from' | 'to'>): string {
  return `${lengthOf(measure).toFixed(1)} px`;
}

/** Where its two ends and the foot of its text are on the screen. */
export function measureOnScreen(measure: Pick<Measure, 'from' | 'to'>, view: View): { readonly from: Point; readonly to: Point; readonly text: Point } {
  const from = toScreen(view, measure.from);
  const to = toScreen(view, measure.to);
  const right = from.x > to.x ? from : to;
  return { from, to, text: { x: right.x + 8, y: right.y - 6 } };
}
