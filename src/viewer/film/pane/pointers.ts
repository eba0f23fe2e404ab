import { dragOf, dragStep, pinchStep, strayed } from './drag.js';
import type { GestureActions, PointerKind, Tool } from './gestureActions.js';
import { Taps } from './taps.js';
import type { Point } from './view.js';

const longPressMs = 500;

/** The parts of a PointerEvent that count, with its place in the pane. */
export interface PointerAt {
  readonly id: number;
  readonly at: Point;
  readonly kind: PointerKind;
  readonly button: number;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly timeMs: number;
}

interface Held {
  readonly start: Point;
  at: Point;
}
/** `spent`: pointers still down do nothing until they are released. */
type Act = Exclude<Tool, 'measure'> | 'undecided' | 'pinch' | 'spent';

/** The pointers that are down on a pane, and what they are doing together. */
export class Pointers {
  readonly #actions: GestureActions;
  readonly #held = new Map<number, Held>();
  readonly #taps = new Taps();
  #act: Act = 'undecided';
  #button = 0;
  #kind: PointerKind = 'mouse';
  #began = false;
  #longPress: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: GestureActions) {
    this.#actions = actions;
  }

  /** Whether this pointer is accepted: a second mouse button during a drag is not. */
  down({ id, at, kind, button }: PointerAt): boolean {
    if (kind === 'mouse' && this.#held.size > 0) return false;
    this.#held.set(id, { start: at, at });
    this.#kind = kind;
    this.#button = button;
    clearTimeout(this.#longPress);
    if (this.#held.size === 2) this.#begin('pinch');
    else if (this.#held.size === 1) {
      this.#act = 'undecided';
      if (kind === 'touch') this.#awaitLongPress(at);
    }
    return true;
  }

  move({ id, at, kind, shift, alt }: PointerAt): void {
    const one = this.#held.get(id);
    if (one === undefined) {
      if (kind === 'mouse') this.#actions.hover(at, 'mouse');
      return;
    }
    if (this.#act === 'undecided') {
      if (!strayed(one.start, at, this.#kind)) return;
      clearTimeout(this.#longPress);
      this.#begin(dragOf(this.#button, shift, this.#actions.toolOf(this.#kind)));
    }
    const before = one.at;
    one.at = at;
    if (this.#act === 'pinch') {
      const other = this.#otherThan(id);
      if (other !== undefined) pinchStep(before, at, other.at, this.#actions);
    } else if (this.#act !== 'undecided' && this.#act !== 'spent')
      dragStep(this.#act, { start: one.start, before, at }, alt, this.#actions);
  }

  up({ id, at, timeMs }: PointerAt): void {
    if (!this.#held.delete(id)) return;
    // One finger of a pinch was lifted: the other does nothing until it is lifted, too.
    if (this.#held.size > 0) this.#act = 'spent';
    else if (this.#act === 'undecided') this.#tap(at, timeMs);
    else this.#finish('end');
  }

  cancel(id: number): void {
    if (!this.#held.delete(id)) return;
    this.#act = 'spent';
    this.#finish('abort');
  }

  leave(kind: PointerKind): void {
    if (this.#held.size === 0) this.#actions.hover(undefined, kind);
  }

  /** Cancels the current drag; true if there was one. */
  abort(): boolean {
    if (!this.#began) return false;
    this.#act = 'spent';
    this.#finish('abort');
    return true;
  }

  close(): void {
    clearTimeout(this.#longPress);
  }

  #begin(act: Act): void {
    this.#act = act;
    if (!this.#began) this.#actions.begin();
    this.#began = true;
  }

  #finish(how: 'end' | 'abort'): void {
    clearTimeout(this.#longPress);
    if (this.#began) this.#actions[how]();
    this.#began = false;
  }

  #tap(at: Point, timeMs: number): void {
    clearTimeout(this.#longPress);
    if (this.#button === 2) this.#actions.menu(at, this.#kind);
    else if (this.#button !== 0) return;
    else if (this.#taps.isDouble(at, timeMs)) this.#actions.doubleClick(at);
    else this.#actions.click(at, this.#kind);
  }

  #awaitLongPress(at: Point): void {
    this.#longPress = setTimeout(() => {
      this.#act = 'spent';
      this.#actions.menu(at, 'touch');
    }, longPressMs);
  }

  #otherThan(id: number): Held | undefined {
    return [...this.#held].find(([other]) => other !== id)?.[1];
  }
}
