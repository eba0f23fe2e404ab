import type { StateWords } from '../../report/stateWords.js';
import { clockTime } from '../../ui/dates.js';
import type { ShownFilm } from './shownFilm.js';

/**
 * What stands in for a state while there is no report. Never says that something is loading while the server is away.
 */
export function waitingWords(
  { fault }: Pick<ShownFilm, 'fault'>,
  { sinceMs, awaySince }: { readonly sinceMs: number; readonly awaySince: Date | undefined },
): StateWords {
  if (fault !== undefined)
    return { headline: 'NO REPORT', detail: fault instanceof Error ? fault.message : "The report can't be shown." };
  if (awaySince !== undefined)
    return {
      headline: 'NO ANSWER',
      detail: `No answer from the server since ${clockTime(awaySince)}. This page keeps trying.`,
    };
  const seconds = Math.floor(sinceMs / 1000);
  return { headline: seconds === 0 ? 'LOADING' : `LOADING ${seconds} s`, detail: 'The report is loading.' };
}
