import { dayOf, when } from '../../ui/dates.js';

/** When a film was taken, where that is known, and when it was sent. */
export interface Dated {
  /** ISO date */
  readonly studyDate?: string | undefined;
  readonly createdAt: string;
}

/**
 * How another film of the patient stands to the one of the page. Without a study date nobody knows which was taken
 * first: then only what was sent first is said.
 */
export type Relation = 'prior' | 'later' | 'same day' | 'sent earlier' | 'sent later';

export function relationOf(other: Dated, film: Dated): Relation {
  if (other.studyDate === undefined || film.studyDate === undefined)
    return other.createdAt <= film.createdAt ? 'sent earlier' : 'sent later';
  if (other.studyDate === film.studyDate) return 'same day';
  return other.studyDate < film.studyDate ? 'prior' : 'later';
}

/** The film to begin with: the first of the list, newest first, that is no later one. */
export function firstToCompare<F extends Dated>(others: readonly F[], film: Dated): F | undefined {
  return others.find((other) => !relationOf(other, film).endsWith('later')) ?? others[0];
}

/** What a film is called in the list of others: by its study date, or by when it was sent. */
export function otherFilmName(other: Dated & { readonly label?: string | undefined }, film: Dated): string {
  const { studyDate, createdAt, label } = other;
  const relation = relationOf(other, film);
  const date = studyDate === undefined ? `sent ${when(createdAt)}` : dayOf(`${studyDate}T12:00`);
  const which =
    relation === 'prior' || (studyDate === undefined && relation === 'sent earlier') ? '' : ` (${relation})`;
  return `${date}${which}${label === undefined ? '' : `, ${label}`}`;
}
