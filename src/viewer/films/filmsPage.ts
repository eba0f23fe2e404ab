import type { Page, PageContext } from '../app/page.js';
import { whileVisible } from '../app/whileVisible.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import { queuePanel } from '../upload/queuePanel.js';
import type { UploadQueue } from '../upload/queue.js';
import { type FilmFilter, filterOf, isNarrowed, noFilter, noSearch, pathOf } from '../app/filmFilter.js';
import { type FilterForm, filterForm } from './filterForm.js';
import { openFilters } from './listHead.js';
import { listCommands } from './listCommands.js';
import { ShownList, type Wanted } from './shownList.js';
import { uploadStrip } from './uploadStrip.js';

/** How often an open list looks for new films, ms. */
const lookEveryMs = 5000;

/** The list of films, newest first, and where films are sent. It opens as it was left in this tab. */
export function filmsPage(host: HTMLElement, query: string, context: PageContext): Page {
  const { models, user, uploads, intake } = context;
  const sends = user.role !== 'operator';
  const left = leftAs(query, context);
  let wanted: Wanted = left ?? { filter: filterOf(query), search: noSearch };
  if (left === undefined) context.list.left = undefined;
  else history.replaceState(null, '', pathOf(left.filter));

  const strip = sends ? uploadStrip(intake, models) : undefined;
  const queue = queuePanel(uploads);
  const filters = element('div', { class: 'filters-fold' });
  const list = new ShownList({ context, wanted: () => wanted, sort, filters });
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
      list.head,
      list.body,
    ),
  );
  let form = showFilters();
  const unregister = keys.register(
    'List of films',
    listCommands({
      search: () => {
        openFilters(filters, true);
        form.searchInput.focus();
      },
      step: (by) => {
        list.step(by);
      },
      refresh: () => void list.load('newest'),
      ...(sends ? { send: () => strip?.choose() } : {}),
    }),
  );
  const stopLooking = whileVisible(lookEveryMs, () => list.look());
  const unwatch = watchDone(uploads, () => void list.takeInOwn());
  if (left === undefined || left.items.length === 0) void list.load('newest');
  else {
    list.restore();
    void list.look();
  }
  return {
    title: 'Films',
    opened() {
      if (left === undefined) return;
      const { place } = left;
      const restore = (): void => {
        // The page may have been left meanwhile.
        if (!list.body.isConnected) return;
        if (place !== undefined) list.moveTo(place);
        if (context.list.last !== undefined) list.focus(context.list.last);
      };
      restore();
      // Once the models are known, more filters appear above the rows.
      void models.all().then(restore, () => undefined);
    },
    close() {
      context.list.left = { ...list.films.listed, ...wanted, place: list.place() };
      stopLooking();
      list.films.close();
      strip?.close();
      queue.close();
      unwatch();
      unregister();
    },
  };

  function showFilters(): FilterForm {
    const made = filterForm({
      ...wanted,
      userName: user.name,
      sends,
      models,
      change: (filter, search) => {
        narrow({ filter: { ...filter, sort: wanted.filter.sort }, search });
      },
      showAll,
    });
    filters.replaceChildren(made.node);
    return made;
  }

  function narrow(next: Wanted): void {
    wanted = next;
    // The address holds the filters but never the patient, and adds no step for the Back button.
    history.replaceState(null, '', pathOf(wanted.filter));
    form.narrowed(isNarrowed(wanted.filter, wanted.search));
    void list.load('newest');
  }

  function sort(order: FilmFilter['sort']): void {
    narrow({ ...wanted, filter: { ...wanted.filter, sort: order } });
  }

  function showAll(): void {
    narrow({ filter: { ...noFilter, sort: wanted.filter.sort }, search: noSearch });
    form = showFilters();
    form.searchInput.focus();
  }
}

/** The list as it was left, if this address has the same filters, or none. */
function leftAs(query: string, { list: { left } }: PageContext): PageContext['list']['left'] {
  if (left === undefined) return undefined;
  const asked = pathOf(filterOf(query));
  return asked === '/films' || asked === pathOf(left.filter) ? left : undefined;
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
