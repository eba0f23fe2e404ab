import type { ListItem } from '../../api/index.js';
import { element, nodes } from '../../dom/element.js';
import { createMissingPixelsNote } from '../notes/missingPixelsNote.js';
import { createProgressChip } from '../notes/progressChip.js';
import type { DrawnBox } from '../boxes/layer.js';
import { createIdentityLine } from '../identity/identityLine.js';
import { boxesOf, type Reading, type ReadingState, verdictOf } from '../state/reading.js';
import type { ShownFilm } from '../state/shownFilm.js';
import { titlesOf } from '../state/titles.js';
import { waitingWords } from '../state/waitingWords.js';
import { createPane, type FilmPane, type PaneEvents } from '../pane/pane.js';
import { stateSign } from '../../report/stateSign.js';
import { stateWords } from '../../report/stateWords.js';
import { createOtherFilmBar } from './otherFilmBar.js';

export interface ComparisonOptions {
  readonly reading: Reading;
  /** Every other film of the patient, newest first. */
  readonly others: readonly ListItem[];
  open(id: string): ShownFilm;
  /** Events of a pane whose film may change. */
  readonly events: (film: () => ShownFilm) => PaneEvents;
  /** Since when the server is away. */
  readonly awaySince: () => Date | undefined;
  close(): void;
  /** Makes the other film the film of the page. */
  swap(id: string): void;
}

/** Another film of the patient beside the current one: with its own state, and its boxes dotted and off at first. */
export interface Comparison {
  readonly node: HTMLElement;
  readonly pane: FilmPane;
  readonly film: ShownFilm;
  /** One film earlier (1) or later (−1). */
  step(direction: 1 | -1): void;
  update(): void;
  close(): void;
}

export function createComparison(options: ComparisonOptions, first: ListItem): Comparison {
  const { reading, others } = options;
  let film = options.open(first.id);
  const bar = createOtherFilmBar({
    reading,
    others,
    choose,
    open: () => {
      options.swap(film.id);
    },
    close: () => {
      options.close();
    },
  });
  const identity = createIdentityLine();
  const badge = createStateBadge();
  badge.node.append(bar.boxes);
  const missingPixels = createMissingPixelsNote();
  // The pane stays when another film is chosen.
  const pane = createPane(
    'Other film',
    options.events(() => film),
  );
  const hatch = element('div', { class: 'hatch', 'aria-hidden': 'true' });
  const progress = createProgressChip();
  pane.node.append(hatch, progress.node);
  const node = element(
    'section',
    { class: 'film-prior', 'aria-label': 'Other film of the same patient' },
    bar.node,
    element('div', { class: 'film-notes' }, identity.node, badge.node, missingPixels.node),
    pane.node,
  );
  update();

  function choose(id: string): void {
    film.close();
    film = options.open(id);
    reading.changed();
  }
  function update(): void {
    const item = others.find(({ id }) => id === film.id);
    bar.update(film.id);
    identity.show(film.references ?? item?.references, item?.submitter);
    badge.update(film, options.awaySince());
    hatch.hidden = verdictOf(film)?.state !== 'not-analysed';
    missingPixels.update(film);
    progress.update(film);
    pane.node.dataset['quality'] = film.pixels.kind === 'shown' ? film.pixels.quality : film.pixels.kind;
    pane.show({
      film: film.size,
      picture: film.picture,
      frame: film.pixels.kind === 'absent',
      boxes: drawnBeside(film, reading.state),
      measures: [],
      draft: undefined,
    });
  }

  return {
    node,
    pane,
    get film() {
      return film;
    },
    step(direction) {
      const next = others[others.findIndex(({ id }) => id === film.id) + direction];
      if (next !== undefined) choose(next.id);
    },
    update,
    close() {
      film.close();
      pane.close();
      node.remove();
    },
  };
}

/** The other film's state in words. */
function createStateBadge(): {
  readonly node: HTMLElement;
  update(film: ShownFilm, awaySince: Date | undefined): void;
} {
  const said = element('span', { class: 'badge-state' });
  const node = element('div', { class: 'badge' }, said);
  return {
    node,
    update(film, awaySince) {
      const verdict = verdictOf(film);
      node.dataset['state'] = verdict?.state ?? 'waiting';
      const words =
        verdict === undefined ? waitingWords(film, { sinceMs: 0, awaySince }) : stateWords(verdict, titlesOf(film));
      if (said.textContent !== words.headline)
        said.replaceChildren(...nodes(verdict !== undefined && stateSign(verdict.state), words.headline));
    },
  };
}

function drawnBeside(film: ShownFilm, state: ReadingState): readonly DrawnBox[] {
  if (!state.priorBoxes || state.boxesOff || state.boxesHeld) return [];
  // At its own threshold: the slider is for the film of the page.
  return boxesOf(film, { ...state, minScore: undefined, classesOff: new Set() }).map((shown) => ({
    ...shown,
    emphasis: 'none',
    prior: true,
    label: [`${shown.rank} ${shown.box.class}`],
  }));
}
