import type { Point } from './view.js';

/** What one pointer dragged over the film does. */
export type Tool = 'window' | 'zoom' | 'move' | 'measure';

/** What a pane does with the pointers over it; points and distances are CSS px of the pane. */
export interface GestureActions {
  /** What a plain drag is to do: a mouse and a finger may differ. */
  toolOf(pointer: 'mouse' | 'touch'): Tool;
  window(dx: number, dy: number): void;
  move(dx: number, dy: number): void;
  zoom(at: Point, factor: number): void;
  /** A click or tap without a drag. */
  click(at: Point, pointer: 'mouse' | 'touch'): void;
  doubleClick(at: Point): void;
  menu(at: Point, pointer: 'mouse' | 'touch'): void;
  hover(at: Point | undefined, pointer: 'mouse' | 'touch'): void;
  /** Alt+wheel: one earlier or later film. */
  step(direction: 1 | -1): void;
  /** A drag begins, ends, or was broken off: then everything since its begin is to be undone. */
  begin(): void;
  end(): void;
  abort(): void;
}

export interface Gestures {
  /** Breaks off the drag under way; true when there was one. */
  cancel(): boolean;
  close(): void;
}

const slack = { mouse: 4, touch: 10 } as const;
const longPressMs = 500;
const doubleTapMs = 350;

interface Held {
  readonly start: Point;
  at: Point;
}
type Act = Tool | 'undecided' | 'pinch' | 'spent';

/**
 * Turns the pointers and the wheel over `surface` into actions. Mouse: left is the tool (Shift: move),
 * middle moves, right zooms or, without a drag, opens the menu. Touch: one finger is the tool, two zoom and
 * move, a long press opens the menu. Everything acts on release or can be broken off with Esc.
 */
export function takeGestures(surface: HTMLElement, actions: GestureActions): Gestures {
  const held = new Map<number, Held>();
  let act: Act = 'undecided';
  let button = 0;
  let pointer: 'mouse' | 'touch' = 'mouse';
  let began = false;
  let longPress: ReturnType<typeof setTimeout> | undefined;
  let lastTap: { readonly at: Point; readonly time: number } | undefined;

  const pointOf = (event: MouseEvent): Point => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const begin = (): void => {
    if (!began) actions.begin();
    began = true;
  };
  const finish = (how: 'end' | 'abort'): void => {
    clearTimeout(longPress);
    if (began) actions[how]();
    began = false;
  };

  const listeners: { readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void } = {
    pointerdown(event) {
      const at = pointOf(event);
      if (event.pointerType === 'mouse' && held.size > 0) return;
      surface.setPointerCapture(event.pointerId);
      held.set(event.pointerId, { start: at, at });
      pointer = event.pointerType === 'mouse' ? 'mouse' : 'touch';
      button = event.button;
      clearTimeout(longPress);
      if (held.size === 2) {
        begin();
        act = 'pinch';
      } else if (held.size === 1) {
        act = 'undecided';
        if (pointer === 'touch') {
          longPress = setTimeout(() => {
            act = 'spent';
            actions.menu(at, 'touch');
          }, longPressMs);
        }
      }
      // Two middle clicks would scroll the page, a drag would select its text.
      if (event.button === 1) event.preventDefault();
    },
    pointermove(event) {
      const at = pointOf(event);
      const one = held.get(event.pointerId);
      if (one === undefined) {
        if (event.pointerType === 'mouse') actions.hover(at, 'mouse');
        return;
      }
      const before = one.at;
      if (act === 'undecided') {
        if (Math.hypot(at.x - one.start.x, at.y - one.start.y) <= slack[pointer]) return;
        clearTimeout(longPress);
        act = dragOf(button, event.shiftKey, actions.toolOf(pointer));
        // What measures takes clicks: a drag with it moves the film.
        if (act === 'measure') act = 'move';
        begin();
      }
      if (act === 'pinch') {
        const [other] = [...held].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
        if (other !== undefined) pinch(before, at, other.at, actions);
      } else if (act === 'window') actions.window(at.x - before.x, at.y - before.y);
      else if (act === 'move') actions.move(at.x - before.x, at.y - before.y);
      else if (act === 'zoom') actions.zoom(one.start, Math.exp((before.y - at.y) / 120));
      one.at = at;
    },
    pointerup(event) {
      const one = held.get(event.pointerId);
      if (one === undefined) return;
      held.delete(event.pointerId);
      if (act === 'undecided' && held.size === 0) {
        clearTimeout(longPress);
        const at = pointOf(event);
        if (button === 2) actions.menu(at, pointer);
        else if (
          button === 0 &&
          lastTap !== undefined &&
          event.timeStamp - lastTap.time < doubleTapMs &&
          Math.hypot(at.x - lastTap.at.x, at.y - lastTap.at.y) < 2 * slack.touch
        ) {
          lastTap = undefined;
          actions.doubleClick(at);
        } else if (button === 0) {
          lastTap = { at, time: event.timeStamp };
          actions.click(at, pointer);
        }
      } else if (held.size === 0) finish('end');
      // One finger of a pinch went up: the other one does nothing until it goes up, too.
      else act = 'spent';
    },
    pointercancel(event) {
      if (!held.delete(event.pointerId)) return;
      act = 'spent';
      finish('abort');
    },
    pointerleave(event) {
      if (held.size === 0) actions.hover(undefined, event.pointerType === 'mouse' ? 'mouse' : 'touch');
    },
    contextmenu(event) {
      event.preventDefault();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) surface.addEventListener(name, listener as EventListener);

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? event.deltaY
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? 10 * event.deltaY
          : event.deltaY / 40;
    // Some systems turn Alt+wheel into a sideways wheel.
    if (event.altKey) {
      const direction = Math.sign(event.deltaY === 0 ? event.deltaX : event.deltaY);
      if (direction !== 0) actions.step(direction > 0 ? 1 : -1);
      return;
    }
    // A trackpad's pinch arrives as Ctrl+wheel with small deltas.
    actions.zoom(pointOf(event), Math.exp(-lines * (event.ctrlKey ? 0.4 : 0.08)));
  };
  surface.addEventListener('wheel', wheel, { passive: false });

  return {
    cancel() {
      if (!began) return false;
      act = 'spent';
      finish('abort');
      return true;
    },
    close() {
      clearTimeout(longPress);
      for (const [name, listener] of Object.entries(listeners))
        surface.removeEventListener(name, listener as EventListener);
      surface.removeEventListener('wheel', wheel);
    },
  };
}

function dragOf(button: number, shift: boolean, tool: Tool): Tool {
  if (button === 1 || (button === 0 && shift)) return 'move';
  return button === 2 ? 'zoom' : tool;
}

/** One finger went from `before` to `at` while the other lay at `other`: zoom about the midpoint, and move with it. */
function pinch(before: Point, at: Point, other: Point, actions: GestureActions): void {
  const spread = (finger: Point): number => Math.max(Math.hypot(finger.x - other.x, finger.y - other.y), 1);
  const middle = (finger: Point): Point => ({ x: (finger.x + other.x) / 2, y: (finger.y + other.y) / 2 });
  const from = middle(before);
  const to = middle(at);
  actions.move(to.x - from.x, to.y - from.y);
  actions.zoom(to, spread(at) / spread(before));
}
