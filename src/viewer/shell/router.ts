import type { Api, Session, Site } from '../api/index.js';
import type { Page } from '../app/page.js';
import { routeOf } from '../app/route.js';
import { faultText } from '../ui/form.js';
import { openPage } from './openPage.js';
import { signInPage } from './signIn.js';
import { signUpPage } from './signUp.js';
import { startVisit, type Visit } from './visit.js';

/** Shows the page of the address to a signed-in user, and the sign-in to others. */
export class Router {
  readonly #host: HTMLElement;
  readonly #api: Api;
  readonly #site: Site;
  readonly #show = (): void => {
    this.show();
  };
  #visit: Visit | undefined;
  #page: Page | undefined;

  constructor(host: HTMLElement, api: Api, site: Site, resumed: Session | undefined) {
    this.#host = host;
    this.#api = api;
    this.#site = site;
    if (resumed !== undefined) this.#visit = this.#visitOf(resumed);
    // Pages restore their own scroll position; the browser would scroll before they are filled.
    history.scrollRestoration = 'manual';
    window.addEventListener('popstate', this.#show);
  }

  show(): void {
    this.#closePage();
    const route = routeOf(location.pathname + location.search);
    if (this.#visit === undefined) {
      this.#showOutside(route.page === 'sign-up');
      return;
    }
    if (route.page === 'sign-in' || route.page === 'sign-up') {
      this.navigate(route.page === 'sign-in' ? route.next : '/films', { replace: true });
      return;
    }
    const { frame, context } = this.#visit;
    frame.layout(route.page === 'film' ? 'film' : 'page', location.pathname === '/' ? '/films' : location.pathname);
    frame.main.replaceChildren();
    this.#page = openPage(route, { host: frame.main, bar: frame.slot }, context);
    document.title = `${this.#page.title} · Lesion detector`;
    window.scrollTo(0, 0);
    this.#page.opened?.();
  }

  navigate(path: string, { replace }: { readonly replace: boolean } = { replace: false }): void {
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.show();
  }

  /** Removes everything of the user from the page, including unsent films. */
  close(): void {
    window.removeEventListener('popstate', this.#show);
    this.#closeVisit();
  }

  #showOutside(signUp: boolean): void {
    const options = {
      api: this.#api,
      navigate: (path: string) => {
        this.navigate(path);
      },
    };
    this.#host.className = 'outside';
    this.#host.replaceChildren();
    document.title = `${signUp ? 'Request an account' : 'Sign in'} · Lesion detector`;
    if (signUp) signUpPage(this.#host, { ...options, open: this.#site.signUp });
    else
      signInPage(this.#host, {
        ...options,
        site: this.#site,
        signedIn: (session) => {
          this.#visit = this.#visitOf(session);
          this.show();
        },
      });
  }

  #visitOf(session: Session): Visit {
    return startVisit(this.#host, session, {
      api: this.#api,
      site: this.#site,
      navigate: (path, how) => {
        this.navigate(path, how);
      },
      signOut: () => void this.#signOut(),
    });
  }

  async #signOut(): Promise<void> {
    if (this.#visit === undefined) return;
    const { frame, context } = this.#visit;
    const { unsent } = context.uploads;
    if (unsent > 0 && !window.confirm(`${unsent} films have not been sent yet. Sign out anyway?`)) return;
    try {
      await this.#api.signOut();
    } catch (error) {
      frame.say(`You are still signed in: ${faultText(error)}`);
      return;
    }
    this.#closeVisit();
    this.navigate('/sign-in');
  }

  #closeVisit(): void {
    this.#closePage();
    this.#visit?.close();
    this.#visit = undefined;
  }

  #closePage(): void {
    this.#page?.close();
    this.#page = undefined;
  }
}
