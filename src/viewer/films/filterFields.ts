import type { FilmFilter, FilmSearch } from '../app/filmFilter.js';
import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';
import { dateField } from '../ui/dateField.js';
import { choice, field } from '../ui/field.js';
import { modelFilters } from './modelFilters.js';

/** What the fields of the filter ask for. */
export interface Asked {
  readonly filter: Omit<FilmFilter, 'sort'>;
  readonly search: FilmSearch;
}

export interface FilterFields {
  readonly rows: readonly HTMLElement[];
  readonly searchInput: HTMLInputElement;
  /** Asks for the films that a user sent. */
  sentBy(user: string): void;
  asked(): Asked;
}

/** The fields of the filter, filled in. `mine`: a button beside “Sent by”. */
export function filterFields(
  { filter, search }: Asked,
  { models, mine }: { readonly models: Pick<ServedModels, 'all'>; readonly mine?: HTMLElement },
): FilterFields {
  const { by, text } = searchFields(search);
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
  if (mine !== undefined) submitter.input.after(mine);
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
  const { model, lesion } = modelFilters(filter, models);
  return {
    rows: [by, text, state, submitter, from, to, score, model, lesion].map(({ row }) => row),
    searchInput: text.input,
    sentBy(user) {
      submitter.input.value = user;
    },
    asked: () => ({
      filter: {
        state: state.value(),
        submitter: submitter.input.value.trim(),
        from: from.input.value,
        to: to.input.value,
        minScore: score.input.value,
        model: model.select.value,
        class: lesion.select.value,
      },
      search: { by: by.value(), text: text.input.value },
    }),
  };
}

function searchFields(search: FilmSearch) {
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
  return { by, text };
}

/** Whether the answer may differ: choosing what to search by changes nothing while there is nothing to search for. */
export function asksTheSame(one: Asked, other: Asked): boolean {
  return asText(one) === asText(other);
}

function asText({ filter, search: { by, text } }: Asked): string {
  return JSON.stringify([text.trim() === '' ? '' : `${by} ${text}`, filter]);
}

/** A button that puts the user's own name beside “Sent by”. */
export function mineButton(act: () => void): HTMLElement {
  return element('button', { type: 'button', class: 'quiet', on: { click: act } }, 'me');
}
