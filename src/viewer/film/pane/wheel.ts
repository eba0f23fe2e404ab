import type { GestureActions } from './gestureActions.js';
import type { Point } from './view.js';

/** Zooms at the pointer; with Alt, steps to an earlier or later film. Returns a function that stops it. */
export function takeWheel(
  surface: HTMLElement,
  pointOf: (event: MouseEvent) => Point,
  actions: Pick<GestureActions, 'zoom' | 'step'>,
): () => void {
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    // Some systems turn Alt+wheel into a sideways wheel.
    if (event.altKey) {
      const direction = Math.sign(event.deltaY === 0 ? event.deltaX : event.deltaY);
      if (direction !== 0) actions.step(direction > 0 ? 1 : -1);
      return;
    }
    // A trackpad's pinch arrives as Ctrl+wheel with small deltas.
    actions.zoom(pointOf(event), Math.exp(-linesOf(event) * (event.ctrlKey ? 0.4 : 0.08)));
  };
  surface.addEventListener('wheel', wheel, { passive: false });
  return () => {
    surface.removeEventListener('wheel', wheel);
  };
}

function linesOf({ deltaMode, deltaY }: WheelEvent): number {
  if (deltaMode === WheelEvent.DOM_DELTA_LINE) return deltaY;
  return deltaMode === WheelEvent.DOM_DELTA_PAGE ? 10 * deltaY : deltaY / 40;
}
