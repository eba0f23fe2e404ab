import type { DetectionFilter } from '../api/index.js';

/** What the list of films is narrowed down to. Empty text means: not by this. */
export interface FilmFilter {
  readonly state: '' | 'findings' | 'below-threshold' | 'not-analysed';
  readonly model: string;
  /** Films with a reported box of this class. */
  readonly class: string;
  readonly submitter: string;
  /** Days by the user’s clock, `2026-11-21`, both within. */
  readonly from: string;
  readonly to: string;
  /** 0…1 as typed. */
  readonly minScore: string;
}

/** What a film is looked for by. It points to a patient, so it never stands in an address. */
export interface FilmSearch {
  readonly by: 'patientRef' | 'accessionNumber' | 'externalId' | 'sha256';
  readonly text: string;
}

export const noFilter: FilmFilter = { state: '', model: '', class: '', submitter: '', from: '', to: '', minScore: '' };
export const noSearch: FilmSearch = { by: 'patientRef', text: '' };

/** The server's instants begin with 1970, and this day does so later everywhere on earth. A year typed half way is 0002. */
export const earliestDay = '1970-01-02';

const names: readonly (keyof FilmFilter)[] = ['state', 'model', 'class', 'submitter', 'from', 'to', 'minScore'];
const states: readonly FilmFilter['state'][] = ['findings', 'below-threshold', 'not-analysed'];

/** From the query of the page’s address; what is not a filter is left out. */
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
  };
}

export function pathOf(filter: FilmFilter): string {
  const query = new URLSearchParams(names.flatMap((name) => (filter[name] === '' ? [] : [[name, filter[name]]])));
  return query.size === 0 ? '/films' : `/films?${query.toString()}`;
}

export function isNarrowed(filter: FilmFilter, search: FilmSearch): boolean {
  return search.text !== '' || names.some((name) => filter[name] !== '');
}

/** The query of the API: days become the instants at which they begin and end here. */
export function apiFilter(filter: FilmFilter, search: FilmSearch): DetectionFilter {
  const text = search.text.trim();
  return {
    state: filter.state,
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

/** When a day begins by the user’s clock, `later` days after it; undefined for no day, and for one before `earliestDay`. */
export function instantOf(day: string, later: number): string | undefined {
  if (!isDay(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && text >= earliestDay && !Number.isNaN(Date.parse(text));
}

function scoreOf(text: string): number | undefined {
  const score = Number(text);
  return text.trim() === '' || !(score >= 0 && score <= 1) ? undefined : score;
}
