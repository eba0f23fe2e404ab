import type { ListItem } from '../api/index.js';
import { element, nodes } from '../dom/element.js';
import { when } from '../films/when.js';
import { createAbsence } from './absence.js';
import type { DrawnBox } from './boxes/layer.js';
import { boxesOf, type Desk, judgedOf } from './desk.js';
import type { FilmOnShow } from './filmOnShow.js';
import { createPane, type FilmPane, type PaneEvents } from './pane.js';
import { stateSign } from './sign.js';
import { titlesOf } from './stateLine.js';
import { stateWords } from './stateWords.js';

export interface ComparisonOptions {
  readonly desk: Desk;
  readonly priors: readonly ListItem[];
  open(id: string): FilmOnShow;
  readonly events: (film: FilmOnShow) => PaneEvents;
  close(): void;
  /** The prior becomes the film of the page. */
  swap(id: string): void;
}

/** An earlier film beside the current one: its own state, its boxes dotted and off at first. */
export interface Comparison {
  readonly node: HTMLElement;
  readonly pane: FilmPane;
  readonly film: FilmOnShow;
  /** One prior earlier (1) or later (−1). */
  step(direction: 1 | -1): void;
  update(): void;
  close(): void;
}

export function createComparison(options: ComparisonOptions, first: ListItem): Comparison {
  const { desk, priors } = options;
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
        desk.change({ priorBoxes: boxes.checked });
      },
    },
  });
  const absence = createAbsence();
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
  // The pane stays when another prior is chosen: its events ask for the film of the moment.
  const pane = createPane('Earlier film', forwarded());
  const hatch = element('div', { class: 'hatch', 'aria-hidden': 'true' });
  pane.node.append(hatch);
  const node = element(
    'section',
    { class: 'film-prior', 'aria-label': 'Earlier film of the same patient' },
    header,
    element('div', { class: 'film-notes' }, badge, absence.node),
    pane.node,
  );
  update();

  function forwarded(): PaneEvents {
    const now = (): PaneEvents => options.events(film);
    return {
      toolOf: (pointer) => now().toolOf(pointer),
      moved: (before, after) => {
        now().moved(before, after);
      },
      fitWanted: () => {
        now().fitWanted();
      },
      drawn: () => {
        now().drawn();
      },
      window: (dx, dy) => {
        now().window(dx, dy);
      },
      dragBegan: () => {
        now().dragBegan();
      },
      dragAborted: () => {
        now().dragAborted();
      },
      pointed: (at) => {
        now().pointed(at);
      },
      hovered: (id) => {
        now().hovered(id);
      },
      clicked: (ids, at) => {
        now().clicked(ids, at);
      },
      menu: (ids, at) => {
        now().menu(ids, at);
      },
      step: (direction) => {
        now().step(direction);
      },
    };
  }
  function choose(id: string): void {
    film.close();
    film = options.open(id);
    desk.changed();
  }
  function update(): void {
    const judged = judgedOf(film);
    choice.value = film.id;
    sender.textContent = sentBy(priors.find(({ id }) => id === film.id)?.submitter);
    boxes.checked = desk.state.priorBoxes;
    badge.dataset['state'] = judged?.state ?? 'waiting';
    const headline =
      judged === undefined
        ? film.fault instanceof Error
          ? film.fault.message
          : 'LOADING'
        : stateWords(judged, titlesOf(film)).headline;
    if (badge.textContent !== headline)
      badge.replaceChildren(...nodes(judged !== undefined && stateSign(judged.state), headline));
    hatch.hidden = judged?.state !== 'not-analysed';
    absence.update(film);
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
    const { priorBoxes, boxesOff, boxesHeld } = desk.state;
    if (!priorBoxes || boxesOff || boxesHeld) return [];
    // At its own threshold: the slider is for the film of the page.
    return boxesOf(film, { ...desk.state, minScore: undefined, classesOff: new Set() }).map((shown) => ({
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

/** A patient’s reference is its sender’s: whose it is must be seen where two films are called one patient’s. */
function sentBy(submitter = ''): string {
  return submitter === '' ? '' : `by ${submitter}`;
}

/** Over the film of the page while another lies beside it. */
export function createCurrentBar(desk: Desk): { readonly node: HTMLElement; update(comparing: boolean): void } {
  const time = element('span', {});
  const sender = element('span', { class: 'sender' });
  const linked = element('input', {
    type: 'checkbox',
    on: {
      change: () => {
        desk.change({ linked: linked.checked });
      },
    },
  });
  const node = element(
    'header',
    { class: 'compare-bar' },
    element('strong', {}, 'CURRENT'),
    time,
    sender,
    element(
      'span',
      { class: 'end' },
      element(
        'label',
        { title: 'Zoom and move both films (L); nothing is registered' },
        linked,
        'Linked, not registered',
      ),
    ),
  );
  return {
    node,
    update(comparing) {
      node.hidden = !comparing;
      linked.checked = desk.state.linked;
      time.textContent = desk.film.loaded === undefined ? '' : when(desk.film.loaded.report.createdAt);
      sender.textContent = sentBy(desk.film.loaded?.report.submitter);
    },
  };
}
