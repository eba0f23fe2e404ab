import type { ListItem } from '../api/index.js';
import type { Page, PageContext } from '../app/page.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import { queuePanel } from '../upload/queuePanel.js';
import type { UploadQueue } from '../upload/queue.js';
import { deletePixels } from './deletePixels.js';
import { FilmList } from './filmList.js';
import type { FilmRowOptions } from './filmRow.js';
import { createFilmTable } from './filmTable.js';
import { apiFilter, filterOf, type FilmFilter, isNarrowed, noFilter, noSearch, pathOf } from './filter.js';
import type { FilmSearch } from './filter.js';
import { type FilterForm, filterForm } from './filterForm.js';
import { listCommands } from './listCommands.js';
import { listFault, listStatus } from './listStatus.js';
import { uploadStrip } from './uploadStrip.js';

/** The list of films, newest first; new films are sent from here. */
export function filmsPage(host: HTMLElement, query: string, context: PageContext): Page {
  const { api, models, user, uploads, intake } = context;
  const sends = user.role !== 'operator';
  let filter = filterOf(query);
  let search: FilmSearch = noSearch;

  const list = new FilmList(api);
  const strip = sends ? uploadStrip(intake, models) : undefined;
  const queue = queuePanel(uploads);
  const filters = element('div', {});
  const table = createFilmTable(!sends, rowOptions);
  const status = element('p', { class: 'list-status', role: 'status' });
  const older = button('Show older films', () => load('older'));
  const fresh = button('Refresh', () => load('newest'), 'quiet');
  older.hidden = true;
  host.append(
    element(
      'div',
      { class: 'films-page' },
      element(
        'div',
        { class: 'page-head' },
        element('h1', {}, 'Films'),
        strip?.node ?? element('p', { class: 'muted' }, 'Operators see every film and send none.'),
      ),
      queue.node,
      filters,
      element('div', { class: 'list-head' }, status, fresh),
      element('div', { class: 'table-scroll' }, table.node),
      element('p', { class: 'buttons' }, older),
    ),
  );
  let form = showFilters();
  const unregister = keys.register(
    'List of films',
    listCommands({
      search: () => {
        form.searchInput.focus();
      },
      step: (by) => {
        table.step(by);
      },
      refresh: () => void load('newest'),
      ...(sends
        ? {
            send: () => {
              intake.choose();
            },
          }
        : {}),
    }),
  );
  const unwatch = watchDone(uploads, () => void load('newest'));
  void load('newest');
  return {
    title: 'Films',
    close() {
      list.close();
      strip?.close();
      queue.close();
      unwatch();
      unregister();
    },
  };

  function showFilters(): FilterForm {
    const made = filterForm({ filter, search, userName: user.name, models, change: narrow, showAll });
    filters.replaceChildren(made.node);
    return made;
  }

  function narrow(nextFilter: FilmFilter, nextSearch: FilmSearch): void {
    filter = nextFilter;
    search = nextSearch;
    // The address says what is listed but never for which patient, and is no new step for the back button.
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
    table.node.setAttribute('aria-busy', 'true');
    try {
      const arrived = await list.load(which, apiFilter(filter, search));
      if (arrived === undefined) return;
      show(which === 'older' ? arrived[0]?.id : undefined);
    } catch (error) {
      status.textContent = listFault(error);
    }
    table.node.removeAttribute('aria-busy');
  }

  function show(focusOn: string | undefined): void {
    const { items, hasOlder } = list;
    table.show(items, focusOn);
    context.list.ids = items.map(({ id }) => id);
    older.hidden = !hasOlder;
    status.textContent = listStatus(items.length, {
      hasOlder,
      narrowed: isNarrowed(filter, search),
      role: user.role,
    });
  }

  function rowOptions({ id }: ListItem): FilmRowOptions {
    const shared = { thumbnail: api.thumbnailPath(id), name: context.names.get(id) };
    return sends ? shared : { ...shared, deletePixels: (item) => void deleteAndRefresh(item) };
  }

  async function deleteAndRefresh(item: ListItem): Promise<void> {
    if (await deletePixels(item, context)) await load('newest');
  }
}

function button(text: string, act: () => Promise<void>, kind?: string): HTMLButtonElement {
  return element('button', { type: 'button', class: kind, on: { click: () => void act() } }, text);
}

/** Calls `act` whenever another film of the queue has been analysed: it belongs in the list. */
function watchDone(uploads: UploadQueue, act: () => void): () => void {
  const doneNow = (): number => uploads.uploads.filter(({ status: { kind } }) => kind === 'done').length;
  let known = doneNow();
  return uploads.subscribe(() => {
    const done = doneNow();
    if (done > known) act();
    known = done;
  });
}
