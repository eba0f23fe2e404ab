import type { Api, Site, User } from '../api/index.js';
import { element, setAttributes } from '../dom/element.js';
import type { ServedModels } from '../app/servedModels.js';
import { showAbout } from './about.js';
import type { WaitingAccounts } from '../app/waitingAccounts.js';
import { connectionChip } from './connectionChip.js';
import { followLinks } from './followLinks.js';
import { siteNotice } from './siteNotice.js';
import { userMenu } from './userMenu.js';

export interface Frame {
  /** Where the page goes. */
  readonly main: HTMLElement;
  /** A place in the bar that a page may fill. */
  readonly slot: HTMLElement;
  /** `film`: the page fills the window below the bar and shows the notice itself. */
  layout(kind: 'page' | 'film', current: string): void;
  say(text: string): void;
  close(): void;
}

export interface FrameOptions {
  readonly api: Api;
  readonly site: Site;
  readonly models: ServedModels;
  readonly user: User;
  /** For operators: accounts that wait for approval. */
  readonly waiting: WaitingAccounts | undefined;
  readonly navigate: (path: string) => void;
  readonly signOut: () => void;
  readonly showHelp: () => void;
  /** Shows how many films are being sent. */
  readonly uploadChip: HTMLElement;
}

/** What stays while pages change: navigation, who is signed in, whether the server responds. */
export function openFrame(host: HTMLElement, options: FrameOptions): Frame {
  const { api, site, models, user, waiting, navigate, signOut, showHelp, uploadChip } = options;
  const links = [
    pageLink('/films', 'Films'),
    ...(user.role === 'operator' ? [pageLink('/operators/statistics', 'Operations', waiting?.badge())] : []),
  ];
  const account = pageLink('/account', 'Account');
  const slot = element('div', { class: 'slot' });
  const chip = connectionChip(api);
  const said = element('div', { class: 'said', role: 'status' });
  const main = element('main', { id: 'main', tabindex: -1 });
  const bar = element(
    'header',
    { class: 'bar' },
    element('nav', { 'aria-label': 'Pages' }, ...links),
    slot,
    chip.node,
    uploadChip,
    element(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': 'Keys', title: 'Keys (?)', on: { click: showHelp } },
      '?',
    ),
    userMenu(user, account, {
      about: () => {
        showAbout(site, models);
      },
      signOut,
    }),
  );
  const notice = siteNotice();
  host.replaceChildren(skipLink(main), bar, main, notice, said);
  const unfollow = followLinks(host, navigate);
  let fading: ReturnType<typeof setTimeout> | undefined;

  return {
    main,
    slot,
    layout(kind, current) {
      slot.replaceChildren();
      host.className = kind;
      notice.hidden = kind === 'film';
      // A message about the previous page may not apply to this one.
      say('');
      for (const link of [...links, account])
        setAttributes(link, { 'aria-current': isCurrent(link.pathname, current) && 'page' });
    },
    say,
    close() {
      clearTimeout(fading);
      chip.close();
      unfollow();
      host.replaceChildren();
    },
  };

  function say(text: string): void {
    said.textContent = text;
    clearTimeout(fading);
    if (text === '') return;
    fading = setTimeout(() => {
      said.textContent = '';
    }, 8000);
  }
}

function pageLink(path: string, text: string, badge?: HTMLElement): HTMLAnchorElement {
  return element('a', { href: path }, text, badge);
}

/** The tabs of the operators' page all belong to its link. */
function isCurrent(path: string, current: string): boolean {
  return current === path || (path.startsWith('/operators') && current.startsWith('/operators'));
}

function skipLink(main: HTMLElement): HTMLElement {
  const skip = (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
  return element('a', { class: 'skip', href: '#main', on: { click: skip } }, 'Skip to content');
}
