import { type Api, createApi, type Session, type Site } from '../api/index.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import type { Page, PageContext } from '../app/page.js';
import { routeOf } from '../app/route.js';
import { createServedModels } from '../app/servedModels.js';
import { uploadChip } from '../upload/chip.js';
import { openIntake } from '../upload/intake.js';
import { createUploadQueue, type UploadQueue } from '../upload/queue.js';
import { sha256Of } from '../upload/sha256.js';
import { watchExpiry } from './expiry.js';
import { faultText } from '../ui/form.js';
import { type Frame, openFrame } from './frame.js';
import { showHelp } from './help.js';
import { openPage } from './openPage.js';
import { signInOnTop, signInPage } from './signIn.js';
import { signUpPage } from './signUp.js';

/** Asks who is there, and shows the page of the address from then on. */
export function startPage(host: HTMLElement): void {
  keys.listen(window, window.localStorage);
  let router: Router | undefined;
  const api = createApi({
    // Covered as it is, the page may be held back by films that are not sent.
    signInAgain: () =>
      signInOnTop({
        api,
        userName: api.session.current?.user.name ?? '',
        leave: () => {
          location.replace('/films');
        },
      }),
    // Nothing of the user before may be seen or sent by the next: a new page knows nothing.
    userChanged() {
      wipe();
      location.replace('/films');
      return new Promise(() => undefined);
    },
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    // The browser had kept the page as it was left; who is there now, nobody knows.
    if (!persisted) return;
    wipe();
    location.reload();
  });
  const waiting = element('p', { class: 'waiting', role: 'status' }, 'Waiting for the server…');
  host.replaceChildren(waiting);
  void (async () => {
    const site = await api.site();
    const session = await api.resume();
    router = startRouter(host, api, site, session);
  })().catch((error: unknown) => {
    waiting.textContent = faultText(error);
  });

  /** Before the document goes: it may be asked to stay, or be kept for the browser’s “Back”. */
  function wipe(): void {
    router?.close();
    document.body.replaceChildren();
  }
}

/** The page of the address, for whoever is signed in. */
interface Router {
  /** Takes everything of the user from the page, films that are not sent with it. */
  readonly close: () => void;
}

/** Lifetime of one user’s page: made at sign-in, gone at sign-out. */
interface Visit {
  readonly frame: Frame;
  readonly context: PageContext;
  readonly close: () => void;
}

function startRouter(host: HTMLElement, api: Api, site: Site, resumed: Session | undefined): Router {
  let visit = resumed === undefined ? undefined : startVisit(resumed);
  let page: Page | undefined;
  window.addEventListener('popstate', show);
  show();
  return {
    close() {
      window.removeEventListener('popstate', show);
      closeVisit();
    },
  };

  function navigate(path: string, { replace }: { readonly replace: boolean } = { replace: false }): void {
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    show();
  }

  function show(): void {
    page?.close();
    page = undefined;
    const route = routeOf(location.pathname + location.search);
    if (visit === undefined) {
      host.className = 'outside';
      host.replaceChildren();
      if (route.page === 'sign-up') signUpPage(host, { api, navigate });
      else signInPage(host, { api, site, navigate, signedIn: enter });
      document.title = `${route.page === 'sign-up' ? 'Ask for an account' : 'Sign in'} · Lesion detector`;
      return;
    }
    if (route.page === 'sign-in' || route.page === 'sign-up') {
      navigate(route.page === 'sign-in' ? route.next : '/films', { replace: true });
      return;
    }
    const { frame, context } = visit;
    frame.layout(route.page === 'film' ? 'film' : 'page', location.pathname === '/' ? '/films' : location.pathname);
    frame.main.replaceChildren();
    page = openPage(route, { host: frame.main, bar: frame.slot }, context);
    document.title = `${page.title} · Lesion detector`;
    window.scrollTo(0, 0);
  }

  function enter(session: Session): void {
    visit = startVisit(session);
    show();
  }

  function startVisit({ user }: Session): Visit {
    const names = new Map<string, string>();
    const models = createServedModels(api, site);
    const uploads = createUploadQueue({
      maxBytes: site.maxUploadBytes,
      hash: sha256Of,
      find: async ({ sha256, model = site.model.name }, signal) =>
        (await api.detections({ sha256, model, limit: 10 }, signal)).items.find(
          ({ state }) => state !== 'not-analysed',
        ),
      send: (request) => api.upload(request),
      pause: (attempt, leastMs, signal) => api.connection.pause(attempt, leastMs, signal),
      newKey: () => crypto.randomUUID(),
      now: () => Date.now(),
    });
    const chip = uploadChip(uploads);
    const frame = openFrame(host, {
      api,
      site,
      models,
      user,
      navigate,
      showHelp,
      uploadChip: chip.node,
      signOut: () => {
        void signOut();
      },
    });
    const intake = openIntake({
      uploads,
      host,
      say: (text) => {
        frame.say(text);
      },
    });
    const stops = [
      () => {
        intake.close();
      },
      uploads.subscribe(() => {
        rememberNames(uploads, names);
      }),
      watchExpiry(api, host),
      keys.register('Everywhere', [{ id: 'page.help', keys: ['?'], help: 'This list', press: showHelp }]),
      askBeforeLeaving(uploads),
      () => {
        chip.close();
      },
      () => {
        uploads.empty();
      },
      () => {
        frame.close();
      },
    ];
    return {
      frame,
      context: {
        api,
        site,
        models,
        user,
        uploads,
        intake,
        names,
        list: { ids: [] },
        navigate,
        say: (text) => {
          frame.say(text);
        },
      },
      close: () => {
        for (const stop of stops) stop();
      },
    };
  }

  async function signOut(): Promise<void> {
    if (visit === undefined) return;
    if (
      visit.context.uploads.unsent > 0 &&
      !window.confirm(`${visit.context.uploads.unsent} films are not sent yet. Sign out all the same?`)
    )
      return;
    try {
      await api.signOut();
    } catch (error) {
      visit.frame.say(`You are still signed in: ${faultText(error)}`);
      return;
    }
    closeVisit();
    navigate('/sign-in');
  }

  function closeVisit(): void {
    page?.close();
    page = undefined;
    visit?.close();
    visit = undefined;
  }
}

function rememberNames(uploads: UploadQueue, names: Map<string, string>): void {
  for (const { status, name } of uploads.uploads) if (status.kind === 'done') names.set(status.report.id, name);
}

function askBeforeLeaving(uploads: UploadQueue): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (uploads.unsent > 0) event.preventDefault();
  };
  window.addEventListener('beforeunload', ask);
  return () => {
    window.removeEventListener('beforeunload', ask);
  };
}
