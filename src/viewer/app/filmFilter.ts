import type { DetectionFilter, FilmOrder } from '../api/index.js';
import { instantOf, isDay } from '../ui/dates.js';

/** Filters and order of the list of films. An empty string means no filter; for the order, newest first. */
export interface FilmFilter {
  readonly state: '' | 'findings' | 'below-threshold' | 'not-analysed';
  readonly model: string;
  /** Films with a reported box of this class. */
  readonly class: string;
  readonly submitter: string;
  /** Days in the user's time zone, `2026-11-21`, both included. */
  readonly from: string;
  readonly to: string;
  /** 0…1 as typed. */
  readonly minScore: string;
  readonly sort: '' | Exclude<FilmOrder, '-createdAt'>;
}

/** A search by identifiers. They point to a patient, so they never appear in an address. */
export interface FilmSearch {
  readonly by: 'patientRef' | 'accessionNumber' | 'externalId' | 'sha256';
  readonly text: string;
}

export const noFilter: FilmFilter = {
  state: '',
  model: '',
  class: '',
  submitter: '',
  from: '',
  to: '',
  minScore: '',
  sort: '',
};
export const noSearch: FilmSearch = { by: 'patientRef', text: '' };

const narrowing = ['state', 'model', 'class', 'submitter', 'from', 'to', 'minScore'] as const;
const states: readonly FilmFilter['state'][] = ['findings', 'below-threshold', 'not-analysed'];
const orders: readonly FilmFilter['sort'][] = ['createdAt', '-filmScore', 'filmScore', '-boxCount', 'boxCount'];

/** From the query of the page's address; anything else is ignored. */
export function filterOf(query: string): FilmFilter {
  const given = new URLSearchParams(query);
  const text = (name: string): string => given.get(name) ?? '';
  return {
    state: states.find((state) => state === text('state')) ?? '',
    model: text('model'),
    class: text('class'),
    submitter: text('submitter'),
    from: isDay(text('from')) ? text('from') : '',
    to: isDay(text('to')) ? text('to') : '',
    minScore: scoreOf(text('minScore')) === undefined ? '' : text('minScore'),
    sort: orders.find((order) => order === text('sort')) ?? '',
  };
}

export function pathOf(filter: FilmFilter): string {
  const given = [...narrowing, 'sort' as const].flatMap((name) => (filter[name] === '' ? [] : [[name, filter[name]]]));
  const query = new URLSearchParams(given);
  return query.size === 0 ? '/films' : `/films?${query.toString()}`;
}

/** How many filters are active; an order isn't a filter. */
export function narrowedBy(filter: FilmFilter, search: FilmSearch): number {
  return narrowing.filter((name) => filter[name] !== '').length + (search.text.trim() === '' ? 0 : 1);
}

export function isNarrowed(filter: FilmFilter, search: FilmSearch): boolean {
  return narrowedBy(filter, search) > 0;
}

/** The query of the API: days become the instants at which they begin and end in the user's time zone. */
export function apiFilter(filter: FilmFilter, search: FilmSearch): DetectionFilter {
  const text = search.text.trim();
  return {
    state: filter.state === '' ? undefined : filter.state,
    model: filter.model,
    class: filter.class,
    submitter: filter.submitter,
    minFilmScore: scoreOf(filter.minScore),
    from: instantOf(filter.from, 0),
    to: instantOf(filter.to, 1),
    // PowerShell's Get-FileHash prints capitals.
    ...(text === '' ? {} : { [search.by]: search.by === 'sha256' ? text.toLowerCase() : text }),
  };
}

function scoreOf(text: string): number | undefined {
  const score = Number(text);
  return text.trim() === '' || !(score >= 0 && score <= 1) ? undefined : score;
}
