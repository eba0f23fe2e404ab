import type { FilmActs } from './commands/index.js';
import type { FilmRail } from './frame/filmRail.js';
import type { FilmPanel } from './panel/index.js';
import type { Selection } from './selection.js';
import { fitAll, shownFilms, type Stage } from './stage.js';
import { thresholdOf } from './state/reading.js';

export interface ActsOptions {
  readonly stage: Stage;
  readonly selection: Selection;
  readonly rail: Pick<FilmRail, 'neighbour' | 'toggle'>;
  readonly panel: Pick<FilmPanel, 'focusThreshold'>;
  readonly compare: () => void;
  readonly blink: (on: boolean) => void;
  readonly showWaysOut: () => void;
  readonly navigate: (path: string) => void;
  readonly say: (text: string) => void;
}

/** What the keys, the toolbar and the menu of the film page do. */
export function filmActs({ stage, selection, rail, panel, ...page }: ActsOptions): FilmActs {
  const { reading } = stage;
  const ifBoxable = (change: () => void): void => {
    if (thresholdOf(reading.film) !== undefined) change();
  };
  return {
    zoom(factor) {
      stage.pane.zoom(factor);
    },
    fit() {
      fitAll(stage);
    },
    oneToOne() {
      stage.pane.oneToOne();
    },
    resetView() {
      for (const film of shownFilms(stage)) film.reset();
      fitAll(stage);
    },
    pan(x, y) {
      const { width, height } = stage.pane.size;
      stage.pane.pan(x * width, y * height);
    },
    invert() {
      for (const film of shownFilms(stage)) film.invert();
    },
    preset(name) {
      for (const film of shownFilms(stage)) film.setPreset(name);
      stage.pane.node.focus({ preventScroll: true });
    },
    tool(tool) {
      reading.change({ tool, draft: undefined });
    },
    toggleBoxes() {
      ifBoxable(() => {
        reading.change({ boxesOff: !reading.state.boxesOff });
      });
    },
    holdBoxes(boxesHeld) {
      ifBoxable(() => {
        reading.change({ boxesHeld });
      });
    },
    stepBox(direction) {
      selection.step(direction);
    },
    stepFilm(direction) {
      const next = rail.neighbour(direction);
      if (next !== undefined) page.navigate(`/films/${encodeURIComponent(next)}`);
      else page.say(direction > 0 ? 'This is the last film in the list.' : 'This is the first film in the list.');
    },
    compare() {
      page.compare();
    },
    link() {
      if (stage.comparison !== undefined) reading.change({ linked: !reading.state.linked });
    },
    blink(on) {
      page.blink(on);
    },
    focusThreshold() {
      panel.focusThreshold();
    },
    toggleRail() {
      rail.toggle();
    },
    markMiddle() {
      const at = stage.pane.centre();
      if (reading.state.tool === 'measure' && at !== undefined) selection.mark(at);
    },
    removeDistance() {
      reading.change({ measures: reading.state.measures.slice(0, -1) });
    },
    showWaysOut() {
      page.showWaysOut();
    },
    cancel() {
      if (stage.pane.cancel() || stage.comparison?.pane.cancel() === true) return;
      if (reading.state.draft !== undefined) reading.change({ draft: undefined });
      else if (reading.state.selected !== undefined) reading.change({ selected: undefined });
      else reading.change({ tool: undefined });
    },
  };
}
