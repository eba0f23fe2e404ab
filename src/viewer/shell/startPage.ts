import { createApi, type Site } from '../api/index.js';
import { element } from '../dom/element.js';
import { openFilm } from '../film/openFilm.js';
import type { Page, PageContext } from '../page.js';
import { type Route, routeOf } from '../route.js';
import { signInForm } from './signIn.js';

/** Asks who is there, and shows the page of the address from then on. */
export function startPage(host: HTMLElement): void {
  const api = createApi({
    signInAgain: () => new Promise((resolve) => { void showSignIn(() => { resolve(); }); }),
    userChanged: () => {
      location.assign('/films');
      return new Promise(() => undefined);
    },
  });
  let shown: { close(): void } | undefined;

  window.addEventListener('popstate', () => { void show(); });
  void show();

  function navigate(path: string, { replace }: { readonly replace: boolean } = { replace: false }): void {
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    void show();
  }

  async function show(): Promise<void> {
    const site = await api.site();
    const session = api.session.current ?? (await api.resume());
    if (session === undefined) {
      await showSignIn(() => { void show(); });
      return;
    }
    shown?.close();
    host.replaceChildren();
    shown = open(routeOf(location.pathname + location.search), { api, site, user: session.user, navigate });
  }

  function open(route: Route, context: PageContext): Page {
    switch (route.page) {
      case 'film': {
        const film = openFilm(host, { id: route.id, api, user: context.user, navigate });
        return { title: 'Film', close: () => { film.close(); } };
      }
      default:
        host.append(element('p', {}, `Signed in as ${context.user.name}.`));
        return { title: 'Films', close: () => undefined };
    }
  }

  async function showSignIn(done: () => void): Promise<void> {
    const site: Site = await api.site();
    const top = element('div', { class: 'sign-in-page' });
    top.append(signInForm({ api, site, signedIn: () => { top.remove(); done(); } }));
    document.body.append(top);
  }
}
