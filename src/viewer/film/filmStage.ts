import { createPane, type PaneEvents } from './pane/pane.js';
import { paneEventsOf, type PaneEventsOptions } from './paneEvents.js';
import { createSelection, type Selection } from './selection.js';
import type { Stage } from './stage.js';
import type { Reading } from './state/reading.js';
import type { ShownFilm } from './state/shownFilm.js';

export interface FilmStage {
  readonly stage: Stage;
  readonly selection: Selection;
  /** What happens in the pane of a film beside the film of the page. */
  readonly eventsBeside: (film: () => ShownFilm) => PaneEvents;
}

/** The film of the page in its pane, and what is selected in it. */
export function createFilmStage(
  reading: Reading,
  {
    hear,
    ...told
  }: Pick<PaneEventsOptions, 'updateReadout' | 'showMenu'> & {
    /** Announces the selected box to screen readers. */
    readonly hear: (text: string) => void;
  },
): FilmStage {
  const events: PaneEventsOptions = { stage: () => stage, selection: () => selection, ...told };
  const pane = createPane(
    'Film',
    paneEventsOf(() => reading.film, true, events),
  );
  const stage: Stage = { reading, pane, comparison: undefined, pointed: undefined };
  const selection = createSelection(stage, hear);
  return { stage, selection, eventsBeside: (film) => paneEventsOf(film, false, events) };
}
