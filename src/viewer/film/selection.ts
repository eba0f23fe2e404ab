import { scoreBeside } from '../report/stateWords.js';
import { neighbour, nextInStack } from './boxes/step.js';
import type { Point } from './pane/view.js';
import type { Stage } from './stage.js';
import { boxesOf, thresholdOf } from './state/reading.js';

/** What the reader points at: boxes, and the ends of distances. */
export interface Selection {
  /** A click on a stack of boxes; another click in the same place selects the next of them. */
  select(ids: readonly string[]): void;
  /** Chooses a box by its id and brings it into view. */
  choose(id: string): void;
  step(direction: 1 | -1): void;
  /** The first or second end of a distance. */
  mark(at: Point): void;
}

/** @param hear announces the box stepped to, for screen readers */
export function createSelection(stage: Stage, hear: (text: string) => void): Selection {
  const { reading } = stage;
  let marks = 0;
  const choose = (id: string): void => {
    reading.change({ selected: id });
    const chosen = boxesOf(reading.film, reading.state).find(({ box }) => box.id === id);
    if (chosen?.hiddenBy === null) stage.pane.bringIntoView(chosen.box.box);
  };
  return {
    select(ids) {
      reading.change({ selected: nextInStack(ids, reading.state.selected) });
    },
    choose,
    step(direction) {
      const { film, state } = reading;
      const visible = boxesOf(film, state).filter(({ hiddenBy }) => hiddenBy === null);
      const next = neighbour(visible, state.selected, direction);
      if (next === undefined) return;
      choose(next.box.id);
      const score = scoreBeside(next.box.score, thresholdOf(film));
      // Ranks count all candidates: the third may be the second of two on show.
      const place = `${visible.indexOf(next) + 1} of ${visible.length} shown`;
      hear(`Box ${next.rank}, ${film.titleOf(next.box.class)}, score ${score}, ${place}`);
    },
    mark(at) {
      const { draft, measures } = reading.state;
      const spacing = reading.film.loaded?.report.image?.dicom?.pixelSpacing ?? undefined;
      if (draft === undefined) reading.change({ draft: spacing === undefined ? at : { ...at, spacing } });
      else reading.change({ draft: undefined, measures: [...measures, { id: ++marks, from: draft, to: at }] });
    },
  };
}
