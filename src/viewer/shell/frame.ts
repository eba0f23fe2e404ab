import type { Api, ModelFacts, Site, User } from '../api/index.js';
import { element } from '../dom/element.js';
import { keepingText } from '../app/keepingText.js';
import type { ServedModels } from '../app/servedModels.js';
import { connectionChip } from './connectionChip.js';

export interface Frame {
  /** Where the page goes. */
  readonly main: HTMLElement;
  /** Place in the bar that a page may fill. */
  readonly slot: HTMLElement;
  /** `film`: the page has the whole window below the bar, and says the notice itself. */
  layout(kind: 'page' | 'film', current: string): void;
  say(text: string): void;
  close(): void;
}

export interface FrameOptions {
  readonly api: Api;
  readonly site: Site;
  readonly models: ServedModels;
  readonly user: User;
  readonly navigate: (path: string) => void;
  readonly signOut: () => void;
  readonly showHelp: () => void;
  /** Chip with what is still on its way to the server. */
  readonly uploadChip: HTMLElement;
}

/** What stays while pages change: where one can go, who is signed in, whether the server answers. */
export function openFrame(
  host: HTMLElement,
  { api, site, models, user, navigate, signOut, showHelp, uploadChip }: FrameOptions,
): Frame {
  const links = new Map<string, HTMLAnchorElement>();
  const link = (path: string, text: string): HTMLAnchorElement => {
    const made = element('a', { href: path }, text);
    links.set(path, made);
    return made;
  };
  const slot = element('div', { class: 'slot' });
  const chip = connectionChip(api);
  const said = element('div', { class: 'said', role: 'status' });
  const main = element('main', { id: 'main', tabindex: -1 });
  const skip = element(
    'a',
    {
      class: 'skip',
      href: '#main',
      on: {
        click: (event) => {
          event.preventDefault();
          main.focus();
        },
      },
    },
    'Skip to the page',
  );
  const bar = element(
    'header',
    { class: 'bar' },
    element(
      'nav',
      { 'aria-label': 'Pages' },
      link('/films', 'Films'),
      user.role === 'operator' && link('/operators/statistics', 'Operations'),
    ),
    slot,
    chip.node,
    uploadChip,
    element(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': 'Keys', title: 'Keys (?)', on: { click: showHelp } },
      '?',
    ),
    userMenu(),
  );
  const named = element('span', {}, modelsText([site.model]));
  void models.all().then(
    (all) => {
      named.textContent = modelsText(all);
    },
    () => undefined,
  );
  const foot = element(
    'footer',
    { class: 'foot' },
    element('strong', {}, 'Research use. Not for diagnosis. Scores are not probabilities.'),
    named,
    element('span', { 'data-keeping': site.imageStore }, keepingText(site)),
  );
  host.replaceChildren(skip, bar, main, foot, said);
  host.addEventListener('click', followLink);
  let fading: ReturnType<typeof setTimeout> | undefined;

  return {
    main,
    slot,
    layout(kind, current) {
      slot.replaceChildren();
      host.className = kind;
      foot.hidden = kind === 'film';
      for (const [path, anchor] of links) {
        if (current === path || (path.startsWith('/operators') && current.startsWith('/operators')))
          anchor.setAttribute('aria-current', 'page');
        else anchor.removeAttribute('aria-current');
      }
    },
    say(text) {
      said.textContent = text;
      clearTimeout(fading);
      fading = setTimeout(() => {
        said.textContent = '';
      }, 8000);
    },
    close() {
      clearTimeout(fading);
      chip.close();
      host.removeEventListener('click', followLink);
      host.replaceChildren();
    },
  };

  function userMenu(): HTMLElement {
    const menu = element(
      'details',
      { class: 'menu' },
      element('summary', {}, user.name),
      element(
        'div',
        {},
        element('p', { class: 'muted' }, user.role),
        link('/account', 'Account'),
        element('a', { href: '/docs', 'data-outside': true }, 'API'),
        element('button', { type: 'button', class: 'link', on: { click: signOut } }, 'Sign out'),
      ),
    );
    menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && menu.contains(relatedTarget))) menu.open = false;
    });
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      menu.querySelector('summary')?.focus();
    });
    menu.addEventListener('click', ({ target }) => {
      if (target instanceof HTMLAnchorElement) menu.open = false;
    });
    return menu;
  }

  /** Links within the page change it without loading it again; with a modifier key they are the browser’s. */
  function followLink(event: MouseEvent): void {
    const anchor = event.target instanceof Element ? event.target.closest('a') : null;
    if (
      anchor === null ||
      event.defaultPrevented ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    if (
      anchor.origin !== location.origin ||
      anchor.hasAttribute('download') ||
      'outside' in anchor.dataset ||
      anchor.getAttribute('href')?.startsWith('#') === true
    )
      return;
    event.preventDefault();
    navigate(anchor.pathname + anchor.search);
  }
}

/** Each with its licence: they may differ. The default one comes first. */
export function modelsText(models: readonly (ModelFacts & { readonly default?: boolean })[]): string {
  const [only] = models;
  if (models.length === 1 && only !== undefined) return `Model ${only.name} ${only.version}, licence ${only.licence}`;
  const inOrder = models.toSorted((a, b) => Number(b.default === true) - Number(a.default === true));
  return `Models ${inOrder.map((model) => `${model.name} ${model.version} (${model.default === true ? 'default, ' : ''}${model.licence})`).join(', ')}`;
}
