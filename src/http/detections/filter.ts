import type { Principal } from '../../auth/index.js';
import type { DetectionFilter } from '../../log/index.js';
import { isDay } from '../day.js';
import { Problem } from '../errors/problems.js';
import type { FilterQuery } from './filterSchemas.js';

/**
 * The filter of a query, limited to what the caller may see: a submitter sees its own rows. A submitter that asks for
 * another's rows is refused; an empty list would be a lie.
 */
export function filterOf(query: FilterQuery, caller: Principal): DetectionFilter {
  const { from, to, submitter, ...rest } = query;
  if (caller.role === 'submitter' && submitter !== undefined && submitter !== caller.name) {
    throw new Problem('forbidden', 'A submitter sees only its own rows.');
  }
  const seen = caller.role === 'submitter' ? caller.name : submitter;
  return {
    ...rest,
    ...(from === undefined ? {} : { from: timeOf('from', from) }),
    ...(to === undefined ? {} : { to: timeOf('to', to) }),
    ...(seen === undefined ? {} : { submitter: seen }),
  };
}

/** Limits single rows to those that the caller may see. */
export function ownRowsOf(caller: Principal): Pick<DetectionFilter, 'submitter'> {
  return caller.role === 'submitter' ? { submitter: caller.name } : {};
}

/** Operators run the service: they see what it did, but not whose films they were. */
export function maySeeReferences({ role }: Principal): boolean {
  return role !== 'operator';
}

/** RFC 3339 with its offset, or a bare date, which is UTC midnight. */
function timeOf(parameter: string, text: string): Date {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/.exec(text);
  const date = match?.[1];
  const time = new Date(text.replace(' ', 'T').toUpperCase());
  // Date turns 30 February into 2 March, so the day alone, read as UTC, must come back as it was written.
  if (date === undefined || Number.isNaN(time.getTime()) || !isDay(date)) {
    throw new Problem(
      'bad-parameter',
      `The query parameter “${parameter}” is neither an RFC 3339 time nor a date (a “+” is %2B in a URL).`,
    );
  }
  return time;
}
