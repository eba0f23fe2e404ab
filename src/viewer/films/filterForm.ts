import { type FilmFilter, type FilmSearch, isNarrowed } from '../app/filmFilter.js';
import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';
import { asksTheSame, filterFields, mineButton } from './filterFields.js';

export interface FilterFormOptions {
  readonly filter: FilmFilter;
  readonly search: FilmSearch;
  readonly userName: string;
  /** Whether the user sends films: then some may be theirs. */
  readonly sends: boolean;
  readonly models: Pick<ServedModels, 'all'>;
  readonly change: (filter: Omit<FilmFilter, 'sort'>, search: FilmSearch) => void;
  readonly showAll: () => void;
}

export interface FilterForm {
  readonly node: HTMLFormElement;
  readonly searchInput: HTMLInputElement;
  /** Shows “Show all” if there is something to clear. */
  narrowed(is: boolean): void;
}

/** Filters the list: choices act at once, typed text on Enter or when the field loses focus. */
export function filterForm(options: FilterFormOptions): FilterForm {
  const { filter, search, userName, sends, models, change, showAll } = options;
  const mine = mineButton(() => {
    fields.sentBy(userName);
    act();
  });
  const fields = filterFields({ filter, search }, { models, ...(sends ? { mine } : {}) });
  const reset = element(
    'button',
    { type: 'button', class: 'quiet', hidden: !isNarrowed(filter, search), on: { click: showAll } },
    'Show all',
  );
  const node = element(
    'form',
    {
      class: 'filters',
      role: 'search',
      'aria-label': 'Films',
      on: {
        submit: (event) => {
          event.preventDefault();
          act();
        },
        change: act,
      },
    },
    ...fields.rows,
    reset,
    // Enter submits a form with several fields only if it has a button.
    element('button', { type: 'submit', class: 'hidden-submit', tabindex: -1, 'aria-hidden': 'true' }, 'Search'),
  );
  let last = fields.asked();

  function act(): void {
    const asked = fields.asked();
    if (!node.checkValidity() || asksTheSame(asked, last)) return;
    last = asked;
    change(asked.filter, asked.search);
  }

  return {
    node,
    searchInput: fields.searchInput,
    narrowed: (is) => {
      reset.hidden = !is;
    },
  };
}
