import type { ShownFilm } from './shownFilm.js';

/** Titles of the lesion classes that were looked for, for readers. */
export function titlesOf(film: ShownFilm): readonly string[] {
  return (film.loaded?.report.lookedFor ?? []).map((name) => film.titleOf(name).toLowerCase());
}
