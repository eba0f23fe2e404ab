import type { Api, DetectionFilter, ListItem } from '../api/index.js';
import { isGivenUp } from '../ui/form.js';

/** How many films one question to the server brings. */
const pageSize = 50;

/** The films that are listed: the newest that fit, and older ones page by page. */
export class FilmList {
  readonly #api: Pick<Api, 'detections'>;
  #loading = new AbortController();
  #items: readonly ListItem[] = [];
  #cursor: string | null = null;

  constructor(api: Pick<Api, 'detections'>) {
    this.#api = api;
  }

  get items(): readonly ListItem[] {
    return this.#items;
  }

  /** Whether the server has older films that fit. */
  get hasOlder(): boolean {
    return this.#cursor !== null;
  }

  /**
   * Loads the newest films in place of those listed, or adds older ones.
   *
   * @returns the films that arrived; undefined if a later call took the place of this one, or `close`
   * @throws {ApiFault} if the server refuses; what was listed stays
   */
  async load(which: 'newest' | 'older', filter: DetectionFilter): Promise<readonly ListItem[] | undefined> {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const cursor = which === 'older' ? (this.#cursor ?? undefined) : undefined;
    try {
      const { items, nextCursor } = await this.#api.detections({ ...filter, limit: pageSize, cursor }, signal);
      if (signal.aborted) return undefined;
      this.#items = which === 'newest' ? items : [...this.#items, ...items];
      this.#cursor = nextCursor;
      return items;
    } catch (error) {
      if (isGivenUp(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#loading.abort();
  }
}
