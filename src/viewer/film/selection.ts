import { scoreBeside } from '../report/stateWords.js';
import { neighbour, nextInStack } from './boxes/step.js';
import type { Point } from './pane/view.js';
import type { Stage } from './stage.js';
import { boxesOf, thresholdOf } from './state/reading.js';

/** What the reader points at: boxes, and the ends of distances. */
export interface Selection {
  /** A click on a stack of boxes; a second one on the same place takes the next of them. */
  select(ids: readonly string[]): void;
  /** A box chosen by name: it is brought into view. */
  choose(id: string): void;
  step(direction: 1 | -1): void;
  /** The first or second end of a distance. */
  mark(at: Point): void;
}

/** @param hear says which box was stepped to, for those who can't see which one is white */
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
      // Ranks go over all candidates: the third may be the second of two that are shown.
      const place = `${visible.indexOf(next) + 1} of ${visible.length} shown`;
      hear(`Box ${next.rank}, ${film.titleOf(next.box.class)}, score ${score}, ${place}`);
    },
    mark(at) {
      const { draft, measures } = reading.state;
      if (draft === undefined) reading.change({ draft: at });
      else reading.change({ draft: undefined, measures: [...measures, { id: ++marks, from: draft, to: at }] });
    },
  };
}
