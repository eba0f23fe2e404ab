import type { GestureActions, PointerKind } from './gestureActions.js';
import { type PointerAt, Pointers } from './pointers.js';
import type { Point } from './view.js';
import { takeWheel } from './wheel.js';

export interface Gestures {
  /** Cancels the current drag; true if there was one. */
  cancel(): boolean;
  close(): void;
}

/**
 * Turns the pointers and the wheel over `surface` into actions. Mouse: left is the tool (Shift: move, Alt: a fine
 * window), middle moves, right zooms or, without a drag, opens the menu. Touch: one finger is the tool, two zoom and
 * move, a long press opens the menu. Everything acts on release or can be cancelled with Esc.
 */
export function takeGestures(surface: HTMLElement, actions: GestureActions): Gestures {
  const pointers = new Pointers(actions);
  const pointOf = (event: MouseEvent): Point => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const placed = (event: PointerEvent): PointerAt => ({
    id: event.pointerId,
    at: pointOf(event),
    kind: kindOf(event),
    button: event.button,
    shift: event.shiftKey,
    alt: event.altKey,
    timeMs: event.timeStamp,
  });
  const listening = new AbortController();
  const { signal } = listening;
  surface.addEventListener(
    'pointerdown',
    (event) => {
      if (pointers.down(placed(event))) surface.setPointerCapture(event.pointerId);
      // A middle press would start scrolling the page, and its drag would select text.
      if (event.button === 1) event.preventDefault();
    },
    { signal },
  );
  surface.addEventListener(
    'pointermove',
    (event) => {
      pointers.move(placed(event));
    },
    { signal },
  );
  surface.addEventListener(
    'pointerup',
    (event) => {
      pointers.up(placed(event));
    },
    { signal },
  );
  surface.addEventListener(
    'pointercancel',
    (event) => {
      pointers.cancel(event.pointerId);
    },
    { signal },
  );
  surface.addEventListener(
    'pointerleave',
    (event) => {
      pointers.leave(kindOf(event));
    },
    { signal },
  );
  surface.addEventListener(
    'contextmenu',
    (event) => {
      event.preventDefault();
    },
    { signal },
  );
  const endWheel = takeWheel(surface, pointOf, actions);

  return {
    cancel: () => pointers.abort(),
    close() {
      pointers.close();
      listening.abort();
      endWheel();
    },
  };
}

function kindOf({ pointerType }: PointerEvent): PointerKind {
  return pointerType === 'mouse' ? 'mouse' : 'touch';
}
