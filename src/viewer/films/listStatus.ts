import { ApiFault, type Role } from '../api/index.js';
import { faultText } from '../ui/form.js';
import type { FilmFilter } from '../app/filmFilter.js';

export interface ListedAs {
  readonly hasOlder: boolean;
  readonly narrowed: boolean;
  readonly role: Role;
  /** Number of matching films, if known. */
  readonly total?: number | undefined;
  readonly sort?: FilmFilter['sort'];
}

/** What the list holds, above it. */
export function listStatus(count: number, { hasOlder, narrowed, role, total, sort = '' }: ListedAs): string {
  if (count > 0) {
    if (!hasOlder) return films(count);
    if (total !== undefined) return `${grouped(count)} of ${films(Math.max(count, total))}`;
    return `The ${sort === '' ? 'newest' : 'first'} ${films(count)}`;
  }
  if (narrowed) return 'No film matches. References must be exact.';
  const none = 'No film has been sent yet.';
  return role === 'operator' ? none : `${none} Drop one anywhere on this page.`;
}

/** The number of new films, for the button that shows them. */
export function newFilms(count: number): string {
  return `${grouped(count)} new ${count === 1 ? 'film' : 'films'}`;
}

/** Why there is no new list. */
export function listFault(error: unknown): string {
  return error instanceof ApiFault && error.code === 'bad-parameter'
    ? `Can't search for this: ${error.message}`
    : faultText(error);
}

function films(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'film' : 'films'}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
