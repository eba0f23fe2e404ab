import type { ListItem } from '../api/index.js';
import type { FilmFilter, FilmSearch } from './filmFilter.js';

/** The list of films as this tab remembers it while other pages are shown, until the user signs out. */
export interface ListInTab {
  /** The films as last shown, for stepping to the next one. */
  ids: readonly string[];
  /** How it was left; undefined before that. */
  left?: LeftList | undefined;
  /** The film that was opened last. */
  last?: string | undefined;
}

export interface LeftList extends ListedFilms {
  readonly filter: FilmFilter;
  readonly search: FilmSearch;
  /** Where it was scrolled to, by film: the part above the rows may have another height next time. */
  readonly place: ListPlace | undefined;
}

/** A film of the list, and how far below the window's upper edge its row begins, CSS px. */
export interface ListPlace {
  readonly film: string;
  readonly top: number;
}

/** The listed films, and where the list continues. */
export interface ListedFilms {
  readonly items: readonly ListItem[];
  /** Films that came since the list was loaded, and are not in it. */
  readonly newer: readonly ListItem[];
  readonly cursor: string | null;
  readonly total: number | undefined;
  /** Position in the log: whatever was committed after it is new. */
  readonly position: number | undefined;
}
