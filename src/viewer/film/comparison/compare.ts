import type { Api, ListItem } from '../../api/index.js';
import type { PaneEvents } from '../pane/pane.js';
import type { Stage } from '../stage.js';
import type { ShownFilm } from '../state/shownFilm.js';
import { createComparison } from './comparison.js';
import { datesOf } from './otherFilmBar.js';
import { firstToCompare } from './relation.js';

export interface CompareOptions {
  readonly id: string;
  readonly stage: Stage;
  readonly api: Pick<Api, 'priors'> & { readonly connection: Pick<Api['connection'], 'awaySince'> };
  readonly signal: AbortSignal;
  readonly openFilm: (id: string) => ShownFilm;
  readonly events: (film: () => ShownFilm) => PaneEvents;
  /** Puts the other film beside the current one. */
  readonly place: (node: HTMLElement) => void;
  readonly ended: () => void;
  readonly navigate: (path: string) => void;
  readonly say: (text: string) => void;
}

/** Opens the newest prior of the patient beside the current film, or ends the comparison. */
export function toggleComparison(options: CompareOptions): void {
  if (options.stage.comparison === undefined) void beginComparison(options);
  else endComparison(options);
}

async function beginComparison(options: CompareOptions): Promise<void> {
  const { id, stage, api, signal, say, openFilm, events, place, navigate } = options;
  let others: readonly ListItem[];
  try {
    others = await api.priors(id, signal);
  } catch (error) {
    if (!signal.aborted) say(error instanceof Error ? error.message : String(error));
    return;
  }
  const first = firstToCompare(
    others.map((other) => ({ ...other, ...other.references })),
    datesOf(stage.reading),
  );
  if (first === undefined) {
    say('No other film of this patient is here. Films are matched by the patient reference given at upload.');
    return;
  }
  // The key was pressed again, or the page left, while the list was loading.
  if (stage.comparison !== undefined || signal.aborted) return;
  stage.comparison = createComparison(
    {
      reading: stage.reading,
      others,
      awaySince: () => api.connection.awaySince,
      open: openFilm,
      events,
      close: () => {
        endComparison(options);
      },
      swap: (other) => {
        navigate(`/films/${encodeURIComponent(other)}`);
      },
    },
    first,
  );
  place(stage.comparison.node);
  stage.reading.changed();
}

function endComparison({ stage, ended }: CompareOptions): void {
  stage.comparison?.close();
  stage.comparison = undefined;
  ended();
  stage.pane.node.focus({ preventScroll: true });
  stage.reading.changed();
}
