import { element } from '../../dom/element.js';
import { when } from '../../ui/dates.js';
import { type Reading, verdictOf } from '../state/reading.js';
import { createProgressChip } from '../notes/progressChip.js';
import type { CurrentHead } from '../comparison/currentHead.js';
import { filmFacts } from './filmFacts.js';

interface Part {
  readonly node: HTMLElement;
}

/** The parts of the film page. */
export interface FilmParts {
  readonly id: string;
  readonly pane: Part;
  readonly panel: Part;
  readonly rail: Part;
  readonly readout: Part;
  readonly stateLine: Part & { readonly difference: HTMLElement };
  readonly heard: HTMLElement;
  readonly notAnalysed: Part;
  readonly missingPixels: Part;
  readonly head: CurrentHead;
}

export interface FilmLayout {
  readonly page: HTMLElement;
  /** Where films are shown side by side. */
  readonly stage: HTMLElement;
  update(reading: Reading, name: string | undefined, comparing: boolean): void;
}

/** Puts the parts of the film page in their places. */
export function layOut({ id, pane, panel, rail, readout, stateLine, heard, head, ...notes }: FilmParts): FilmLayout {
  const cross = element('div', { class: 'film-cross', 'aria-hidden': 'true' });
  const progress = createProgressChip();
  pane.node.append(cross, notes.notAnalysed.node, progress.node);
  const current = element(
    'div',
    { class: 'film-current' },
    head.bar,
    element('div', { class: 'film-notes' }, head.identity, notes.missingPixels.node),
    pane.node,
  );
  const stage = element('div', { class: 'film-stage' }, current, stateLine.difference);
  const facts = element('span', { class: 'film-facts' });
  readout.node.append(facts);
  const title = element('h1', { class: 'only-read' }, 'Film');
  const body = element('div', { class: 'film-body' }, rail.node, stage, panel.node);
  const page = element(
    'div',
    { class: 'film-page', 'data-film': id },
    title,
    heard,
    stateLine.node,
    body,
    readout.node,
  );
  return {
    page,
    stage,
    update(reading, name, comparing) {
      const { film, state } = reading;
      progress.update(film);
      cross.hidden = state.tool !== 'measure';
      pane.node.dataset['quality'] = film.pixels.kind === 'shown' ? film.pixels.quality : film.pixels.kind;
      pane.node.dataset['state'] = verdictOf(film)?.state ?? 'waiting';
      pane.node.dataset['tool'] = state.tool ?? 'window';
      head.update(comparing);
      const sent = film.loaded?.report.createdAt;
      title.textContent = name ?? (sent === undefined ? 'Film' : `Film of ${when(sent)}`);
      const words = filmFacts(film, name);
      if (facts.textContent !== words) facts.textContent = words;
    },
  };
}
