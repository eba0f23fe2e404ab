import { element } from '../dom/element.js';
import type { ServedModels } from '../app/servedModels.js';
import { dateField } from '../ui/dateField.js';
import { choice, field } from '../ui/field.js';
import { type FilmFilter, type FilmSearch, isNarrowed } from '../app/filmFilter.js';

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
  const { filter, search, userName, models, change, showAll } = options;
  const by = choice('Search by', [
    ['patientRef', 'patient ref.'],
    ['accessionNumber', 'accession no.'],
    ['externalId', 'external id'],
    ['sha256', 'SHA-256 of the file'],
  ]);
  by.select.value = search.by;
  const text = field('Search for', {
    type: 'search',
    maxlength: 128,
    value: search.text,
    autocomplete: 'off',
    placeholder: 'exact text',
  });
  const state = choice('State', [
    ['', 'all'],
    ['findings', 'findings'],
    ['below-threshold', 'no box'],
    ['not-analysed', 'not analysed'],
  ]);
  state.select.value = filter.state;
  const submitter = field('Sent by', {
    maxlength: 128,
    value: filter.submitter,
    autocomplete: 'off',
    placeholder: 'anyone',
  });
  const mine = element(
    'button',
    {
      type: 'button',
      class: 'quiet',
      on: {
        click: () => {
          submitter.input.value = userName;
          act();
        },
      },
    },
    'me',
  );
  if (options.sends) submitter.input.after(mine);
  const from = dateField('From', { value: filter.from });
  const to = dateField('To', { value: filter.to });
  const score = field('Score from', {
    type: 'number',
    min: 0,
    max: 1,
    step: 0.01,
    value: filter.minScore,
    inputmode: 'decimal',
  });
  const model = choice('Model', [['', 'all'], ...(filter.model === '' ? [] : [[filter.model, filter.model] as const])]);
  model.select.value = filter.model;
  const lesion = choice('Class', [
    ['', 'all'],
    ...(filter.class === '' ? [] : [[filter.class, filter.class] as const]),
  ]);
  lesion.select.value = filter.class;
  lesion.row.hidden = filter.class === '';
  void models.all().then(
    (served) => {
      for (const { name } of served)
        if (name !== filter.model) model.select.append(element('option', { value: name }, name));
      const titles = new Map(
        served.flatMap(({ classes }) =>
          classes.flatMap(({ name, title, role }) => (role === 'lesion' ? [[name, title] as const] : [])),
        ),
      );
      // With a single class, “findings” says it all.
      lesion.row.hidden &&= titles.size < 2;
      for (const [name, title] of titles)
        if (name !== filter.class) lesion.select.append(element('option', { value: name }, title));
    },
    () => undefined,
  );
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
        change: () => {
          act();
        },
      },
    },
    by.row,
    text.row,
    state.row,
    submitter.row,
    from.row,
    to.row,
    score.row,
    model.row,
    lesion.row,
    reset,
    // Enter submits a form with several fields only if it has a button.
    element('button', { type: 'submit', class: 'hidden-submit', tabindex: -1, 'aria-hidden': 'true' }, 'Search'),
  );
  let last = asText();
  return {
    node,
    searchInput: text.input,
    narrowed: (is) => {
      reset.hidden = !is;
    },
  };

  function act(): void {
    if (!node.checkValidity() || asText() === last) return;
    last = asText();
    change(
      {
        state: state.value(),
        submitter: submitter.input.value.trim(),
        from: from.input.value,
        to: to.input.value,
        minScore: score.input.value,
        model: model.select.value,
        class: lesion.select.value,
      },
      { by: by.value(), text: text.input.value },
    );
  }

  function asText(): string {
    // Choosing what to search by changes nothing while there is nothing to search for.
    const searched = text.input.value.trim() === '' ? '' : `${by.select.value} ${text.input.value}`;
    return JSON.stringify([
      searched,
      state.select.value,
      submitter.input.value,
      from.input.value,
      to.input.value,
      score.input.value,
      model.select.value,
      lesion.select.value,
    ]);
  }
}
