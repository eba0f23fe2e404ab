import type { ListItem } from '../../api/index.js';
import { element, nodes } from '../../dom/element.js';
import { when } from '../../ui/dates.js';
import { createMissingPixelsNote } from '../notes/missingPixelsNote.js';
import type { DrawnBox } from '../boxes/layer.js';
import { boxesOf, type Reading, verdictOf } from '../state/reading.js';
import { sentBy } from './sentBy.js';
import type { ShownFilm } from '../state/shownFilm.js';
import { createPane, type FilmPane, type PaneEvents } from '../pane/pane.js';
import { stateSign } from '../../report/stateSign.js';
import { titlesOf } from '../state/titles.js';
import { stateWords } from '../../report/stateWords.js';

export interface ComparisonOptions {
  readonly reading: Reading;
  readonly priors: readonly ListItem[];
  open(id: string): ShownFilm;
  /** Of a pane whose film may change. */
  readonly events: (film: () => ShownFilm) => PaneEvents;
  close(): void;
  /** The prior becomes the film of the page. */
  swap(id: string): void;
}

/** An earlier film beside the current one: its own state, its boxes dotted and off at first. */
export interface Comparison {
  readonly node: HTMLElement;
  readonly pane: FilmPane;
  readonly film: ShownFilm;
  /** One prior earlier (1) or later (−1). */
  step(direction: 1 | -1): void;
  update(): void;
  close(): void;
}

export function createComparison(options: ComparisonOptions, first: ListItem): Comparison {
  const { reading, priors } = options;
  let film = options.open(first.id);
  const choice = element(
    'select',
    {
      'aria-label': 'Earlier film',
      on: {
        change: () => {
          choose(choice.value);
        },
      },
    },
    ...priors.map(({ id, createdAt }) => element('option', { value: id }, when(createdAt))),
  );
  const sender = element('span', { class: 'sender' });
  const badge = element('div', { class: 'badge' });
  const boxes = element('input', {
    type: 'checkbox',
    on: {
      change: () => {
        reading.change({ priorBoxes: boxes.checked });
      },
    },
  });
  const missingPixels = createMissingPixelsNote();
  const header = element(
    'header',
    { class: 'compare-bar' },
    element('strong', {}, 'PRIOR '),
    choice,
    sender,
    element('label', { title: 'Show what the detector said of the earlier film' }, boxes, 'Boxes'),
    element(
      'span',
      { class: 'end' },
      element(
        'button',
        {
          type: 'button',
          class: 'quiet',
          title: 'Make it the film of this page',
          on: {
            click: () => {
              options.swap(film.id);
            },
          },
        },
        'Open',
      ),
      element(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': 'Close the earlier film',
          title: 'Close (P)',
          on: {
            click: () => {
              options.close();
            },
          },
        },
        '×',
      ),
    ),
  );
  // The pane stays when another prior is chosen.
  const pane = createPane(
    'Earlier film',
    options.events(() => film),
  );
  const hatch = element('div', { class: 'hatch', 'aria-hidden': 'true' });
  pane.node.append(hatch);
  const node = element(
    'section',
    { class: 'film-prior', 'aria-label': 'Earlier film of the same patient' },
    header,
    element('div', { class: 'film-notes' }, badge, missingPixels.node),
    pane.node,
  );
  update();

  function choose(id: string): void {
    film.close();
    film = options.open(id);
    reading.changed();
  }
  function update(): void {
    const verdict = verdictOf(film);
    choice.value = film.id;
    sender.textContent = sentBy(priors.find(({ id }) => id === film.id)?.submitter);
    boxes.checked = reading.state.priorBoxes;
    badge.dataset['state'] = verdict?.state ?? 'waiting';
    const headline =
      verdict === undefined
        ? film.fault instanceof Error
          ? film.fault.message
          : 'LOADING'
        : stateWords(verdict, titlesOf(film)).headline;
    if (badge.textContent !== headline)
      badge.replaceChildren(...nodes(verdict !== undefined && stateSign(verdict.state), headline));
    hatch.hidden = verdict?.state !== 'not-analysed';
    missingPixels.update(film);
    pane.node.dataset['quality'] = film.pixels.kind === 'shown' ? film.pixels.quality : film.pixels.kind;
    pane.show({
      film: film.size,
      picture: film.picture,
      frame: film.pixels.kind === 'absent',
      boxes: drawn(),
      measures: [],
      draft: undefined,
    });
  }
  function drawn(): readonly DrawnBox[] {
    const { priorBoxes, boxesOff, boxesHeld } = reading.state;
    if (!priorBoxes || boxesOff || boxesHeld) return [];
    // At its own threshold: the slider is for the film of the page.
    return boxesOf(film, { ...reading.state, minScore: undefined, classesOff: new Set() }).map((shown) => ({
      ...shown,
      emphasis: 'none',
      prior: true,
      label: [`${shown.rank} ${shown.box.class}`],
    }));
  }

  return {
    node,
    pane,
    get film() {
      return film;
    },
    step(direction) {
      const next = priors[priors.findIndex(({ id }) => id === film.id) + direction];
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
