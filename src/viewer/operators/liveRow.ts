import { element } from '../dom/element.js';
import { stateSign } from '../report/stateSign.js';
import { reasonTitle, scoreText } from '../report/stateWords.js';
import { momentToSecond } from '../ui/dates.js';
import type { LoggedFilm } from '../api/index.js';

export const liveColumns = ['Film', 'Answered', 'State', 'Score', 'Boxes', 'Model', 'Sent by', 'Took'] as const;

/** A film in the live tail. */
export function liveRow(film: LoggedFilm, thumbnail: string): HTMLTableRowElement {
  const { id, createdAt, state, filmScore, boxCount, model, submitter, latencyMs } = film;
  return element(
    'tr',
    { 'data-state': state },
    element('td', {}, picture(thumbnail)),
    element('td', {}, element('a', { href: `/films/${id}` }, momentToSecond(createdAt))),
    element('td', {}, element('span', { class: 'state-tag', 'data-state': state }, stateSign(state), words(film))),
    element('td', { class: 'number' }, filmScore === null ? '–' : scoreText(filmScore)),
    element('td', { class: 'number' }, boxCount === null ? '–' : String(boxCount)),
    element('td', {}, `${model.name} ${model.version}`),
    element('td', {}, submitter),
    element('td', { class: 'number' }, `${Math.round(latencyMs)} ms`),
  );
}

function picture(thumbnail: string): HTMLElement {
  const shown = element('img', { src: thumbnail, alt: '', loading: 'lazy', width: 40, height: 40 });
  shown.addEventListener('error', () => {
    // It is not kept, expired or deleted: the list of films says which.
    shown.replaceWith(element('span', { class: 'no-picture' }, 'no picture'));
  });
  return shown;
}

function words({ state, reason }: LoggedFilm): string {
  switch (state) {
    case 'findings':
      return 'FINDINGS';
    case 'below-threshold':
      return 'NO BOX';
    case 'not-analysed':
      return `NOT ANALYSED: ${reasonTitle(reason ?? 'unknown reason')}`;
  }
}
