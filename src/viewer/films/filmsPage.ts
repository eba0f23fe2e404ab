import { ApiFault, type ListItem } from '../api/index.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import type { Page, PageContext } from '../app/page.js';
import { confirmed } from '../ui/dialog.js';
import { faultText, isGivenUp } from '../ui/form.js';
import { queuePanel } from '../upload/queuePanel.js';
import {
  apiFilter,
  filterOf,
  type FilmFilter,
  type FilmSearch,
  isNarrowed,
  noFilter,
  noSearch,
  pathOf,
} from './filter.js';
import { filterForm } from './filterForm.js';
import { filmColumns, filmRow } from './filmRow.js';
import { uploadStrip } from './uploadStrip.js';
import { when } from '../ui/dates.js';

const pageSize = 50;

/** The list of earlier films, newest first; new ones are sent from here. */
export function filmsPage(host: HTMLElement, query: string, context: PageContext): Page {
  const { api, models, user, uploads, names, intake } = context;
  let filter = filterOf(query);
  let search: FilmSearch = noSearch;
  let loading = new AbortController();
  let nextCursor: string | null = null;
  const shown: ListItem[] = [];

  const strip = user.role === 'operator' ? undefined : uploadStrip(intake, models);
  const queue = queuePanel(uploads);
  const filters = element('div', {});
  const rows = element('tbody', {});
  const table = element(
    'table',
    { class: 'films' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...filmColumns.map((name) => element('th', { scope: 'col', class: name.toLowerCase() }, name)),
        user.role === 'operator' && element('th', { scope: 'col' }, element('span', { class: 'only-read' }, 'Act')),
      ),
    ),
    rows,
  );
  const status = element('p', { class: 'list-status', role: 'status' });
  const older = element(
    'button',
    {
      type: 'button',
      hidden: true,
      on: {
        click: () => {
          void load('older');
        },
      },
    },
    'Show older films',
  );
  const fresh = element(
    'button',
    {
      type: 'button',
      class: 'quiet',
      on: {
        click: () => {
          void load('newest');
        },
      },
    },
    'Refresh',
  );
  host.append(
    element(
      'div',
      { class: 'films-page' },
      element(
        'div',
        { class: 'page-head' },
        element('h1', {}, 'Films'),
        strip?.node,
        strip === undefined && element('p', { class: 'muted' }, 'Operators see every film and send none.'),
      ),
      queue.node,
      filters,
      element('div', { class: 'list-head' }, status, fresh),
      element('div', { class: 'table-scroll' }, table),
      element('p', { class: 'buttons' }, older),
    ),
  );
  let form = showFilters();
  const stops = [
    () => {
      loading.abort();
    },
    () => strip?.close(),
    queue.close,
    watchDone(),
    keys.register('List of films', [
      {
        id: 'list.search',
        keys: ['/'],
        help: 'Search',
        press: () => {
          form.searchInput.focus();
        },
      },
      {
        id: 'list.down',
        keys: ['ArrowDown', 'j'],
        help: 'Next film',
        repeats: true,
        press: () => {
          step(1);
        },
      },
      {
        id: 'list.up',
        keys: ['ArrowUp', 'k'],
        help: 'Film before',
        repeats: true,
        press: () => {
          step(-1);
        },
      },
      ...(user.role === 'operator'
        ? []
        : [
            {
              id: 'list.send',
              keys: ['u'],
              help: 'Send films',
              press: () => {
                intake.choose();
              },
            },
          ]),
      {
        id: 'list.refresh',
        keys: ['r'],
        help: 'Refresh the list',
        press: () => {
          void load('newest');
        },
      },
    ]),
  ];
  void load('newest');
  return {
    title: 'Films',
    close: () => {
      for (const stop of stops) stop();
    },
  };

  function showFilters(): ReturnType<typeof filterForm> {
    const made = filterForm({ filter, search, userName: user.name, models, change: narrow, showAll });
    filters.replaceChildren(made.node);
    return made;
  }

  function narrow(nextFilter: FilmFilter, nextSearch: FilmSearch): void {
    filter = nextFilter;
    search = nextSearch;
    // The address says what is listed, but never whom; it is no new step for the back button.
    history.replaceState(null, '', pathOf(filter));
    form.narrowed(isNarrowed(filter, search));
    void load('newest');
  }

  function showAll(): void {
    narrow(noFilter, noSearch);
    form = showFilters();
    form.searchInput.focus();
  }

  async function load(which: 'newest' | 'older'): Promise<void> {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    table.setAttribute('aria-busy', 'true');
    try {
      const cursor = which === 'older' && nextCursor !== null ? nextCursor : undefined;
      const answer = await api.detections({ ...apiFilter(filter, search), limit: pageSize, cursor }, signal);
      if (which === 'newest') shown.length = 0;
      shown.push(...answer.items);
      nextCursor = answer.nextCursor;
      show(which === 'newest' ? undefined : answer.items[0]?.id);
    } catch (error) {
      if (isGivenUp(error)) return;
      status.textContent =
        error instanceof ApiFault && error.code === 'bad-parameter'
          ? `This can’t be searched for: ${error.message}`
          : faultText(error);
    } finally {
      if (!signal.aborted) table.removeAttribute('aria-busy');
    }
  }

  function show(focusOn: string | undefined): void {
    const focused = document.activeElement?.closest('tr')?.dataset['film'];
    rows.replaceChildren(
      ...shown.map((item) =>
        filmRow(item, {
          thumbnail: api.thumbnailPath(item.id),
          name: names.get(item.id),
          ...(user.role === 'operator'
            ? {
                deleteImage: (film: ListItem) => {
                  void deleteImage(film);
                },
              }
            : {}),
        }),
      ),
    );
    context.list.ids = shown.map(({ id }) => id);
    older.hidden = nextCursor === null;
    table.hidden = shown.length === 0;
    status.textContent = listStatus();
    const back = focusOn ?? focused;
    if (back !== undefined) linkOf(back)?.focus();
  }

  function listStatus(): string {
    if (shown.length > 0)
      return nextCursor === null
        ? `${shown.length} ${shown.length === 1 ? 'film' : 'films'}`
        : `The newest ${shown.length} films`;
    if (isNarrowed(filter, search)) return 'No film fits. References are compared whole, letter by letter.';
    return user.role === 'operator'
      ? 'No film has been sent yet.'
      : 'No film has been sent yet. Drop one anywhere on this page.';
  }

  function step(by: 1 | -1): void {
    const links = [...rows.querySelectorAll<HTMLAnchorElement>('td.name a')];
    const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement) === true);
    const to = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by));
    links[to]?.focus();
  }

  function linkOf(id: string): HTMLAnchorElement | null {
    return rows.querySelector(`tr[data-film="${CSS.escape(id)}"] td.name a`);
  }

  /** A film that was just analysed belongs into the list. */
  function watchDone(): () => void {
    const doneNow = (): number => uploads.uploads.filter(({ status: { kind } }) => kind === 'done').length;
    let known = doneNow();
    return uploads.subscribe(() => {
      const done = doneNow();
      if (done > known) void load('newest');
      known = done;
    });
  }

  async function deleteImage({ id, createdAt, film }: ListItem): Promise<void> {
    if (film.sha256 === null) {
      context.say('This film is being written just now. Refresh the list and try again.');
      return;
    }
    const question = `The pixels of the film of ${when(createdAt)} are taken from this server, for every report on the same picture. The reports stay. This can’t be undone.`;
    if (!(await confirmed({ title: 'Delete this film’s pixels?', question, act: 'Delete pixels' }))) return;
    try {
      await api.deleteImage(film.sha256);
      context.say(`The pixels of film …${id.slice(-8)} are deleted.`);
      await load('newest');
    } catch (error) {
      context.say(`Not deleted: ${faultText(error)}`);
    }
  }
}
