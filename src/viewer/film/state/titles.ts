import type { ShownFilm } from './shownFilm.js';

/** Lesion classes as a reader knows them, for those that were looked for. */
export function titlesOf(film: ShownFilm): readonly string[] {
  return (film.loaded?.report.lookedFor ?? []).map((name) => film.titleOf(name).toLowerCase());
}
