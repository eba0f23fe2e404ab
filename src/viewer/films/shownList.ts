import type { ListItem, Model } from '../api/index.js';
import { filmName } from '../app/filmName.js';
import type { ListPlace } from '../app/listInTab.js';
import type { PageContext } from '../app/page.js';
import { element } from '../dom/element.js';
import { classesOf, columnsFor } from './columns.js';
import { deletePixels } from './deletePixels.js';
import { FilmList } from './filmList.js';
import type { FilmRowOptions } from './filmRow.js';
import { createFilmTable } from './filmTable.js';
import { apiFilter, type FilmFilter, type FilmSearch, narrowedBy } from '../app/filmFilter.js';
import { createListHead } from './listHead.js';
import { listFault, listStatus } from './listStatus.js';

export interface Wanted {
  readonly filter: FilmFilter;
  readonly search: FilmSearch;
}

export interface ShownListOptions {
  readonly context: PageContext;
  readonly wanted: () => Wanted;
  readonly sort: (order: FilmFilter['sort']) => void;
  readonly filters: HTMLElement;
}

/** The rows of the list, the head above them, and the button below them. */
export class ShownList {
  readonly head: HTMLElement;
  readonly body: HTMLElement;
  readonly films: FilmList;
  readonly #context: PageContext;
  readonly #wanted: () => Wanted;
  readonly #head;
  readonly #table;
  readonly #more: HTMLButtonElement;
  #served: readonly Model[] | undefined;
  /** Whether the server has said what is in the list. */
  #known = false;

  constructor({ context, wanted, sort, filters }: ShownListOptions) {
    this.#context = context;
    this.#wanted = wanted;
    this.films = new FilmList(context.api, context.list.left);
    this.#table = createFilmTable({ rowOptions: (item) => this.#rowOptions(item), sort });
    this.#head = createListHead({
      order: wanted().filter.sort,
      sort,
      takeIn: () => void this.takeIn(),
      refresh: () => void this.load('newest'),
      filters,
    });
    const older = (): void => void this.load('older');
    this.#more = element('button', { type: 'button', hidden: true, on: { click: older } }, 'Show older films');
    this.head = this.#head.node;
    this.body = element(
      'div',
      {},
      element('div', { class: 'table-scroll' }, this.#table.node),
      element('p', { class: 'buttons' }, this.#more),
    );
    void context.models.all().then(
      (served) => {
        this.#served = served;
        // Before the first answer the list is not empty, it is unknown.
        if (this.#known) this.#show();
      },
      () => undefined,
    );
  }

  /** Shows what is listed, as it was left. */
  restore(): void {
    this.#known = true;
    this.#show();
  }

  async load(which: 'newest' | 'older'): Promise<void> {
    const { filter, search } = this.#wanted();
    this.#table.node.setAttribute('aria-busy', 'true');
    try {
      const arrived = await this.films.load(
        which,
        apiFilter(filter, search),
        filter.sort === '' ? undefined : filter.sort,
      );
      if (arrived === undefined) return;
      this.#known = true;
      this.#show(which === 'older' ? arrived[0]?.id : undefined);
    } catch (error) {
      this.#head.say(listFault(error));
    }
    this.#table.node.removeAttribute('aria-busy');
  }

  /** Checks for new films and announces them; the rows stay where they are. */
  async look(): Promise<void> {
    const { filter, search } = this.#wanted();
    const found = await this.films.look(apiFilter(filter, search)).catch(() => false);
    if (found) this.#head.showNew(this.films.newer.length);
  }

  /** Shows the new films: on top, or by reloading if the list isn't ordered by time. */
  async takeIn(): Promise<void> {
    if (this.#wanted().filter.sort !== '' || this.films.newer.length === 0) return this.load('newest');
    const first = this.films.newer.at(-1)?.id;
    this.films.takeIn();
    this.#show(document.activeElement?.closest('.fresh') === null ? undefined : first);
  }

  /** A film that was sent from here has been analysed: it belongs in the list at once. */
  async takeInOwn(): Promise<void> {
    await this.look();
    if (this.films.newer.length > 0 || this.films.listed.position === undefined) await this.takeIn();
  }

  step(by: 1 | -1): void {
    this.#table.step(by);
  }

  focus(film: string): void {
    this.#table.focus(film);
  }

  place(): ListPlace | undefined {
    return this.#table.place();
  }

  moveTo(place: ListPlace): void {
    this.#table.moveTo(place);
  }

  #show(focusOn?: string): void {
    const { items, hasOlder, total, newer } = this.films;
    const { filter, search } = this.#wanted();
    const { user, list } = this.#context;
    const columns = columnsFor(user.role === 'operator', this.#served);
    this.#table.show(items, { columns, order: filter.sort, focusOn });
    list.ids = items.map(({ id }) => id);
    this.#more.hidden = !hasOlder;
    this.#more.textContent = filter.sort === '' ? 'Show older films' : 'Show more films';
    this.#head.showNew(newer.length);
    this.#head.showOrder(filter.sort);
    const narrowed = narrowedBy(filter, search);
    this.#head.showNarrowed(narrowed);
    this.#head.say(
      listStatus(items.length, { hasOlder, narrowed: narrowed > 0, role: user.role, total, sort: filter.sort }),
    );
  }

  #rowOptions(item: ListItem): FilmRowOptions {
    const { api, names, list, user } = this.#context;
    return {
      thumbnail: api.thumbnailPath(item.id),
      name: filmName(item, names),
      last: list.last === item.id,
      classes: classesOf(item, this.#served),
      ...(user.role === 'operator' ? { deletePixels: (which) => void this.#delete(which) } : {}),
    };
  }

  async #delete(item: ListItem): Promise<void> {
    if (await deletePixels(item, this.#context)) await this.load('newest');
  }
}
