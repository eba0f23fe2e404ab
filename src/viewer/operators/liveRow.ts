import { element } from '../dom/element.js';
import { stateSign } from '../report/stateSign.js';
import { reasonTitle, scoreText } from '../report/stateWords.js';
import { momentToSecond } from '../ui/dates.js';
import type { LoggedFilm } from '../api/index.js';

/** Heads of the columns, by the class of their cells. */
export const liveColumns = {
  picture: 'Film',
  answered: 'Answered',
  state: 'State',
  score: 'Score',
  boxes: 'Boxes',
  model: 'Model',
  by: 'Sent by',
  took: 'Took',
} as const;

/** A film in the live tail. */
export function liveRow(film: LoggedFilm, thumbnail: string): HTMLTableRowElement {
  const { id, createdAt, state, filmScore, boxCount, model, submitter, latencyMs } = film;
  const boxes = boxCount === null ? '–' : String(boxCount);
  return element(
    'tr',
    { 'data-state': state },
    element('td', { class: 'picture' }, picture(thumbnail)),
    element('td', { class: 'answered' }, element('a', { href: `/films/${id}` }, momentToSecond(createdAt))),
    element('td', { class: 'state' }, stateTag(film)),
    element('td', { class: 'number score' }, filmScore === null ? '–' : scoreText(filmScore)),
    // On a phone there is no head to say what is counted (operators.css).
    element('td', { class: 'number boxes', 'data-unit': boxCount === 1 ? ' box' : ' boxes' }, boxes),
    element('td', { class: 'model' }, `${model.name} ${model.version}`),
    element('td', { class: 'by' }, submitter),
    element('td', { class: 'number took' }, `${Math.round(latencyMs)} ms`),
  );
}

function stateTag(film: LoggedFilm): HTMLElement {
  const text = words(film);
  return element(
    'span',
    { class: 'state-tag', 'data-state': film.state },
    stateSign(film.state),
    // On a phone a long reason is cut.
    element('span', { title: text }, text),
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
