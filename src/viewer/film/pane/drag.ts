import type { GestureActions, PointerKind, Tool } from './gestureActions.js';
import type { Point } from './view.js';

/** With Alt, a drag sets the window at a quarter of the speed. */
const fine = 0.25;

/** What a drag with this button does: middle moves, right zooms, left uses the tool, Shift + left moves. */
export function dragOf(button: number, shift: boolean, tool: Tool): Exclude<Tool, 'measure'> {
  if (button === 1 || (button === 0 && shift)) return 'move';
  if (button === 2) return 'zoom';
  // Measuring takes clicks: a drag moves the film.
  return tool === 'measure' ? 'move' : tool;
}

/** One step of a drag from `before` to `at` that began at `start`. */
export function dragStep(
  act: Exclude<Tool, 'measure'>,
  { start, before, at }: { readonly start: Point; readonly before: Point; readonly at: Point },
  slowly: boolean,
  actions: Pick<GestureActions, 'window' | 'move' | 'zoom'>,
): void {
  const [dx, dy] = [at.x - before.x, at.y - before.y];
  if (act === 'window') actions.window(dx * (slowly ? fine : 1), dy * (slowly ? fine : 1));
  else if (act === 'move') actions.move(dx, dy);
  else actions.zoom(start, Math.exp(-dy / 120));
}

/**
 * One finger moved from `before` to `at` while the other stayed at `other`: zooms about the midpoint and follows it.
 */
export function pinchStep(
  before: Point,
  at: Point,
  other: Point,
  actions: Pick<GestureActions, 'move' | 'zoom'>,
): void {
  const spread = (finger: Point): number => Math.max(Math.hypot(finger.x - other.x, finger.y - other.y), 1);
  const middle = (finger: Point): Point => ({ x: (finger.x + other.x) / 2, y: (finger.y + other.y) / 2 });
  const from = middle(before);
  const to = middle(at);
  actions.move(to.x - from.x, to.y - from.y);
  actions.zoom(to, spread(at) / spread(before));
}

/** Whether a pointer of this kind has moved far enough to be a drag. */
export function strayed(start: Point, at: Point, kind: PointerKind): boolean {
  return Math.hypot(at.x - start.x, at.y - start.y) > { mouse: 4, touch: 10 }[kind];
}
