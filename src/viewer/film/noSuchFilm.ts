import { ApiFault } from '../api/index.js';
import { element } from '../dom/element.js';
import { wholeNotice } from '../report/notice.js';
import type { ShownFilm } from './state/shownFilm.js';

/** Whether the server has said that there is no such film, or none for this user. */
export function isMissing({ fault }: Pick<ShownFilm, 'fault'>): boolean {
  return fault instanceof ApiFault && fault.status === 404;
}

/** Stands in for the page of a film that is missing: without tools, and with the notice. */
export function noSuchFilm(): HTMLElement {
  return element(
    'div',
    { class: 'sheet' },
    element('h1', {}, 'No such film'),
    element('p', {}, 'There is no film at this address, or you may not see it.'),
    element('p', {}, element('a', { href: '/films' }, 'Go to the list of films')),
    element('p', { class: 'muted' }, wholeNotice),
  );
}
