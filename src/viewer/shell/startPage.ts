import { createApi } from '../api/index.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import { faultText } from '../ui/form.js';
import { Router } from './router.js';
import { signInOnTop } from './signIn.js';

/** Asks the server who is signed in, and then shows the page of the address. */
export function startPage(host: HTMLElement): void {
  keys.listen(window, window.localStorage);
  let router: Router | undefined;
  const api = createApi({
    // The covered page stays as it is: it may hold unsent films.
    signInAgain: () =>
      signInOnTop({
        api,
        userName: api.session.current?.user.name ?? '',
        leave: () => {
          location.replace('/films');
        },
      }),
    // The next user must not see or send anything of the previous one: a new page knows nothing.
    userChanged() {
      wipe();
      location.replace('/films');
      return new Promise(() => undefined);
    },
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    // The browser restored the page from its cache: who is signed in now is unknown.
    if (!persisted) return;
    wipe();
    location.reload();
  });
  const waiting = element('p', { class: 'waiting', role: 'status' }, 'Waiting for the server…');
  host.replaceChildren(waiting);
  void (async () => {
    const site = await api.site();
    router = new Router(host, api, site, await api.resume());
    router.show();
  })().catch((error: unknown) => {
    waiting.textContent = faultText(error);
  });

  /** Before leaving the document: it may ask the user to stay, or be cached for the Back button. */
  function wipe(): void {
    router?.close();
    document.body.replaceChildren();
  }
}
