import { accountPage } from '../account/accountPage.js';
import { element } from '../dom/element.js';
import { openFilm } from '../film/openFilm.js';
import { filmsPage } from '../films/filmsPage.js';
import { operatorsPage } from '../operators/operatorsPage.js';
import type { Page, PageContext } from '../app/page.js';
import type { Route } from '../app/route.js';

export interface PagePlace {
  readonly host: HTMLElement;
  /** In the bar above. */
  readonly bar: HTMLElement;
}

/** Shows the page of an address to a signed-in user. */
export function openPage(route: Route, place: PagePlace, context: PageContext): Page {
  const { host } = place;
  switch (route.page) {
    case 'films':
      return filmsPage(host, route.query, context);
    case 'film': {
      context.list.last = route.id;
      const film = openFilm(host, { ...context, id: route.id, bar: place.bar });
      return {
        title: context.names.get(route.id) ?? 'Film',
        close: () => {
          film.close();
        },
      };
    }
    case 'account':
      return accountPage(host, context);
    case 'operators':
      if (context.user.role === 'operator') return operatorsPage(host, route.tab, context);
      host.append(message('For operators', 'Your role may not see this page.'));
      return { title: 'For operators', close: () => undefined };
    default:
      host.append(message('Nothing here', 'There is no page at this address.'));
      return { title: 'Nothing here', close: () => undefined };
  }
}

function message(title: string, text: string): HTMLElement {
  return element(
    'div',
    { class: 'sheet' },
    element('h1', {}, title),
    element('p', {}, text),
    element('p', {}, element('a', { href: '/films' }, 'Go to the list of films')),
  );
}
