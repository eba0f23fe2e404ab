import type { ListItem } from '../api/index.js';
import type { FilmFilter, FilmSearch } from './filmFilter.js';

/** The list of films, as it lasts in this tab while other pages are shown; it goes with its user. */
export interface ListInTab {
  /** The films as last shown, for stepping to the next one. */
  ids: readonly string[];
  /** As it was left; undefined until it was. */
  left?: LeftList | undefined;
  /** The film that was opened last. */
  last?: string | undefined;
}

export interface LeftList extends ListedFilms {
  readonly filter: FilmFilter;
  readonly search: FilmSearch;
  /** Where it was scrolled to: what stands above the rows may be of another height the next time. */
  readonly place: ListPlace | undefined;
}

/** A film of the list, and how far below the window's upper edge its row begins, CSS px. */
export interface ListPlace {
  readonly film: string;
  readonly top: number;
}

/** Films that are listed, and where the list goes on. */
export interface ListedFilms {
  readonly items: readonly ListItem[];
  /** Films that came since the list was loaded, and are not in it. */
  readonly newer: readonly ListItem[];
  readonly cursor: string | null;
  readonly total: number | undefined;
  /** Of the log: what was committed after it is new. */
  readonly position: number | undefined;
}
