import type { FilmBox } from '../api/index.js';
import { type BoxChoice, type ShownBox, shownBoxes } from './boxes/shown.js';
import type { FilmOnShow } from './filmOnShow.js';
import type { Tool } from './gestures.js';
import type { Judged } from './judged.js';
import type { Measure } from './measure.js';
import type { Point } from './view.js';

/** What the reader has set at the desk: view only, none of it changes what was reported. */
export interface DeskState {
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
  /** First point of a distance whose second is still looked for. */
  readonly draft: Point | undefined;
  /** The film under the cover of a film that was not analysed was asked for. */
  readonly uncovered: boolean;
  readonly priorBoxes: boolean;
  readonly linked: boolean;
}

const atFirst: DeskState = {
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

/** The film on the desk, what is set for it, and who wants to know of changes. */
export interface Desk {
  readonly film: FilmOnShow;
  readonly state: DeskState;
  change(part: Partial<DeskState>): void;
  /** Everything that shows the desk is told once, before the next frame. */
  changed(): void;
}

export function createDesk(
  makeFilm: (changed: () => void) => FilmOnShow,
  update: () => void,
): Desk & { close(): void } {
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

/** The report’s verdict; undefined while it is waited for. */
export function judgedOf(film: FilmOnShow): Judged | undefined {
  return film.loaded?.judged;
}

/** What the slider, the class toggles and `B` come to, for a film with a threshold. */
export function choiceOf(state: DeskState, threshold: number): BoxChoice {
  return {
    minScore: state.minScore ?? threshold,
    classesOff: state.classesOff,
    hidden: state.boxesOff || state.boxesHeld,
  };
}

/** The boxes of the list; none for a film that was not analysed. */
export function boxesOf(film: FilmOnShow, state: DeskState): readonly ShownBox[] {
  const judged = judgedOf(film);
  if (judged === undefined || judged.state === 'not-analysed') return [];
  return shownBoxes(judged.candidates, judged.threshold, choiceOf(state, judged.threshold));
}

export function selectedBox(desk: Desk): FilmBox | undefined {
  return boxesOf(desk.film, desk.state).find(({ box }) => box.id === desk.state.selected)?.box;
}
