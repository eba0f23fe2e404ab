import type { PaneEvents } from './pane/pane.js';
import type { Point } from './pane/view.js';
import { draggedWindow, type GreyWindow } from './pixels/windowLevel.js';
import type { Selection } from './selection.js';
import { fitAll, type Stage } from './stage.js';
import type { ShownFilm } from './state/shownFilm.js';

export interface PaneEventsOptions {
  /** A function, since the stage is made after the pane of these events. */
  readonly stage: () => Stage;
  readonly selection: () => Selection;
  readonly updateReadout: () => void;
  readonly showMenu: (ids: readonly string[], at: Point) => void;
}

/**
 * What a drag, a click or a wheel does in the pane of a film. Compared films are windowed separately and moved
 * together while linked; boxes, distances and the menu are only for the film of the page.
 */
export function paneEventsOf(film: () => ShownFilm, isMain: boolean, options: PaneEventsOptions): PaneEvents {
  let windowBefore: { readonly film: ShownFilm; readonly window: GreyWindow } | undefined;
  const { stage, selection, updateReadout, showMenu } = options;
  const state = () => stage().reading.state;
  return {
    toolOf: (pointer) => state().tool ?? (pointer === 'mouse' ? 'window' : 'move'),
    moved(before, after) {
      const { comparison, pane } = stage();
      if (state().linked) (isMain ? comparison?.pane : pane)?.follow(before, after);
    },
    fitWanted() {
      fitAll(stage());
    },
    drawn() {
      if (isMain) updateReadout();
    },
    window(dx, dy) {
      const { shown, window } = film();
      if (shown !== undefined) film().setWindow(draggedWindow(window, dx, dy, shown));
    },
    dragBegan() {
      windowBefore = { film: film(), window: film().window };
    },
    dragAborted() {
      if (windowBefore !== undefined && windowBefore.window !== windowBefore.film.window)
        windowBefore.film.setWindow(windowBefore.window);
    },
    pointed(at) {
      if (!isMain) return;
      stage().pointed = at;
      updateReadout();
    },
    hovered(id) {
      if (isMain && id !== state().hovered) stage().reading.change({ hovered: id });
    },
    clicked(ids, at) {
      if (!isMain) return;
      if (state().tool === 'measure') selection().mark(at);
      else selection().select(ids);
    },
    menu(ids, at) {
      if (isMain) showMenu(ids, at);
    },
    step(direction) {
      stage().comparison?.step(direction);
    },
  };
}
