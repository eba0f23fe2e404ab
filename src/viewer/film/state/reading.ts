import type { FilmBox } from '../../api/index.js';
import { type BoxChoice, type ShownBox, shownBoxes } from '../boxes/shown.js';
import type { ShownFilm } from './shownFilm.js';
import type { Tool } from '../pane/gestureActions.js';
import type { Verdict } from '../../report/verdict.js';
import type { FirstEnd, Measure } from '../pane/measure.js';

/** What the reader has set for the view: none of it changes what was reported. */
export interface ReadingState {
  /** undefined: at the report's threshold. */
  readonly minScore: number | undefined;
  readonly classesOff: ReadonlySet<string>;
  /** Hidden by `B`. */
  readonly boxesOff: boolean;
  /** Hidden while `H` is held. */
  readonly boxesHeld: boolean;
  readonly selected: string | undefined;
  readonly hovered: string | undefined;
  /** undefined: a mouse sets the window, a finger moves the film. */
  readonly tool: Tool | undefined;
  readonly measures: readonly Measure[];
  /** First point of an unfinished distance. */
  readonly draft: FirstEnd | undefined;
  /** The reader has uncovered a film that was not analysed. */
  readonly uncovered: boolean;
  readonly priorBoxes: boolean;
  readonly linked: boolean;
}

const atFirst: ReadingState = {
  minScore: undefined,
  classesOff: new Set(),
  boxesOff: false,
  boxesHeld: false,
  selected: undefined,
  hovered: undefined,
  tool: undefined,
  measures: [],
  draft: undefined,
  uncovered: false,
  priorBoxes: false,
  linked: true,
};

/** The film being read, its settings, and notification of changes. */
export interface Reading {
  readonly film: ShownFilm;
  readonly state: ReadingState;
  change(part: Partial<ReadingState>): void;
  /** Everything that shows the reading is updated once, before the next frame. */
  changed(): void;
}

export function createReading(
  makeFilm: (changed: () => void) => ShownFilm,
  update: () => void,
): Reading & { close(): void } {
  let state = atFirst;
  let asked = 0;
  const changed = (): void => {
    if (asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      update();
    });
  };
  const film = makeFilm(changed);
  return {
    film,
    get state() {
      return state;
    },
    change(part) {
      state = { ...state, ...part };
      changed();
    },
    changed,
    close() {
      cancelAnimationFrame(asked);
      film.close();
    },
  };
}

/** The report's verdict; undefined until it arrives. */
export function verdictOf(film: ShownFilm): Verdict | undefined {
  return film.loaded?.verdict;
}

/** The threshold of the report; undefined until it arrives, and for a film that was not analysed. */
export function thresholdOf(film: ShownFilm): number | undefined {
  const verdict = verdictOf(film);
  return verdict === undefined || verdict.state === 'not-analysed' ? undefined : verdict.threshold;
}

/** The combined choice of slider, class toggles and `B`, for a film with a threshold. */
export function choiceOf(state: ReadingState, threshold: number): BoxChoice {
  return {
    minScore: state.minScore ?? threshold,
    classesOff: state.classesOff,
    hidden: state.boxesOff || state.boxesHeld,
  };
}

/** The boxes of the list; none for a film that was not analysed. */
export function boxesOf(film: ShownFilm, state: ReadingState): readonly ShownBox[] {
  const verdict = verdictOf(film);
  if (verdict === undefined || verdict.state === 'not-analysed') return [];
  return shownBoxes(verdict.candidates, verdict.threshold, choiceOf(state, verdict.threshold));
}

export function selectedBox(reading: Reading): FilmBox | undefined {
  return boxesOf(reading.film, reading.state).find(({ box }) => box.id === reading.state.selected)?.box;
}
