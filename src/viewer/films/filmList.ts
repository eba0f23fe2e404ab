import type { Api, DetectionFilter, FilmOrder, ListItem } from '../api/index.js';
import type { ListedFilms } from '../app/listInTab.js';
import { isGivenUp } from '../ui/form.js';

/** Films per request. */
const pageSize = 50;
/** New films per request: more come with the next answer. */
const newAtOnce = 100;

const nothing: ListedFilms = { items: [], newer: [], cursor: null, total: undefined, position: undefined };

/** The listed films: the first that match, more of them page by page, and those that have arrived since. */
export class FilmList {
  readonly #api: Pick<Api, 'detections'>;
  #loading = new AbortController();
  #listed: ListedFilms;

  /** @param left the films as they were listed before */
  constructor(api: Pick<Api, 'detections'>, left: ListedFilms = nothing) {
    this.#api = api;
    const { items, newer, cursor, total, position } = left;
    this.#listed = { items, newer, cursor, total, position };
  }

  get items(): readonly ListItem[] {
    return this.#listed.items;
  }

  /** Whether the server has more matching films. */
  get hasOlder(): boolean {
    return this.#listed.cursor !== null;
  }

  /** Number of matching films, if known. */
  get total(): number | undefined {
    return this.#listed.total;
  }

  /** Films that arrived after the list was loaded and aren't in it yet. */
  get newer(): readonly ListItem[] {
    return this.#listed.newer;
  }

  get listed(): ListedFilms {
    return this.#listed;
  }

  /**
   * Loads the first films in place of those listed, or adds more of them.
   *
   * @returns the films that arrived; undefined if a later call replaced this one, or after `close`
   * @throws {ApiFault} if the server refuses; what was listed stays
   */
  async load(
    which: 'newest' | 'older',
    filter: DetectionFilter,
    sort?: FilmOrder,
  ): Promise<readonly ListItem[] | undefined> {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const before = this.#listed;
    const more = which === 'older';
    const paging = more ? { cursor: before.cursor ?? undefined } : { count: true };
    try {
      const answer = await this.#api.detections({ ...filter, sort, limit: pageSize, ...paging }, signal);
      if (signal.aborted) return undefined;
      const { items, nextCursor: cursor, position } = answer;
      const total = answer.total ?? undefined;
      this.#listed = more
        ? { ...before, items: [...before.items, ...items], cursor }
        : { items, newer: [], cursor, total, position };
      return items;
    } catch (error) {
      if (isGivenUp(error)) return undefined;
      throw error;
    }
  }

  /**
   * Looks for films that have arrived since.
   *
   * @returns whether there are more of them than before
   * @throws {ApiFault} if the server refuses
   */
  async look(filter: DetectionFilter): Promise<boolean> {
    const before = this.#listed;
    if (before.position === undefined) return false;
    const { signal } = this.#loading;
    try {
      const after = before.position;
      const { items, position } = await this.#api.detections({ ...filter, limit: newAtOnce, after }, signal);
      // Another list was loaded meanwhile: these films belong to the previous one.
      if (signal.aborted || this.#listed.position !== after) return false;
      const known = new Set([...this.items, ...this.newer].map(({ id }) => id));
      const unknown = items.filter(({ id }) => !known.has(id));
      this.#listed = { ...this.#listed, newer: [...this.newer, ...unknown], position };
      return unknown.length > 0;
    } catch (error) {
      if (isGivenUp(error)) return false;
      throw error;
    }
  }

  /** Puts the new films on top of those listed, which stay. */
  takeIn(): void {
    const { items, newer, total } = this.#listed;
    // Ids begin with their time; films may be committed in another order than they arrived.
    const all = [...newer, ...items].toSorted((a, b) => (a.id < b.id ? 1 : -1));
    this.#listed = {
      ...this.#listed,
      items: all,
      newer: [],
      total: total === undefined ? undefined : total + newer.length,
    };
  }

  close(): void {
    this.#loading.abort();
  }
}
