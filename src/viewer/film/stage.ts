import type { Comparison } from './comparison/comparison.js';
import type { FilmPane } from './pane/pane.js';
import type { Point } from './pane/view.js';
import type { Reading } from './state/reading.js';
import type { ShownFilm } from './state/shownFilm.js';

/** The film of the page in its pane and, while the reader compares, an earlier one beside it. */
export interface Stage {
  readonly reading: Reading;
  readonly pane: FilmPane;
  comparison: Comparison | undefined;
  /** Where the pointer is on the film. */
  pointed: Point | undefined;
}

export function shownFilms({ reading, comparison }: Stage): readonly ShownFilm[] {
  return comparison === undefined ? [reading.film] : [reading.film, comparison.film];
}

/** Fits every film that is shown. */
export function fitAll({ pane, comparison }: Stage): void {
  pane.fit();
  comparison?.pane.fit();
}
