import { dayOf, moment } from '../../ui/dates.js';

/** When a film was taken, if known, and when it was sent. */
export interface Dated {
  /** ISO date */
  readonly studyDate?: string | undefined;
  readonly createdAt: string;
}

/**
 * How another film of the patient relates to the film of the page. Without study dates nobody knows which was taken
 * first, so only which was sent first is stated.
 */
export type Relation = 'prior' | 'later' | 'same day' | 'sent earlier' | 'sent later';

export function relationOf(other: Dated, film: Dated): Relation {
  if (other.studyDate === undefined || film.studyDate === undefined)
    return other.createdAt <= film.createdAt ? 'sent earlier' : 'sent later';
  if (other.studyDate === film.studyDate) return 'same day';
  return other.studyDate < film.studyDate ? 'prior' : 'later';
}

/** The film to compare first: the newest one that isn't later than the film of the page. */
export function firstToCompare<F extends Dated>(others: readonly F[], film: Dated): F | undefined {
  return others.find((other) => !relationOf(other, film).endsWith('later')) ?? others[0];
}

/** What a film is called in the list of others: by its study date, or by when it was sent (the list names the zone). */
export function otherFilmName(other: Dated & { readonly label?: string | undefined }, film: Dated): string {
  const { studyDate, createdAt, label } = other;
  const relation = relationOf(other, film);
  const date = studyDate === undefined ? `sent ${moment(createdAt)}` : dayOf(`${studyDate}T12:00`);
  // Which was sent first stands before the choice, which has no room for it.
  const which = relation === 'later' || relation === 'same day' ? ` (${relation})` : '';
  return `${date}${which}${label === undefined ? '' : `, ${label}`}`;
}
