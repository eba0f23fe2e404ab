import type { EvaluationResults, FilmResult } from '../results/results.js';

/** Results that can't be compared, with the reason. */
export class ComparisonError extends Error {
  override readonly name = 'ComparisonError';
}

/** The films that two results share. */
export interface PairedFilms {
  readonly pairs: readonly { readonly a: FilmResult; readonly b: FilmResult }[];
  /** How many films only A has, and only B; 0 unless `sharedOnly`. */
  readonly leftOut: { readonly a: number; readonly b: number };
}

/**
 * Pairs the films of two results by the hash of their file; a file that occurs several times is paired in order.
 *
 * @param options `sharedOnly`: leave out films that only one of the results has, instead of refusing them
 * @throws ComparisonError for films in one of the results only, films without a hash, other true boxes on the same
 *   film, other lesions to look for, and no film at all
 */
export function pairFilms(
  a: EvaluationResults,
  b: EvaluationResults,
  options: { readonly sharedOnly: boolean },
): PairedFilms {
  const [lesionsA, lesionsB] = [a, b].map(({ run }) => run.model.lesions.toSorted().join(', '));
  if (lesionsA !== lesionsB) throw new ComparisonError(`A looks for ${lesionsA}, B for ${lesionsB}`);
  const keyedA = keyed(a.films, 'A');
  const keyedB = keyed(b.films, 'B');
  const pairs = [...keyedA].flatMap(([key, film]) => {
    const other = keyedB.get(key);
    return other === undefined ? [] : [{ a: film, b: other }];
  });
  if (!options.sharedOnly) {
    const alone = [aloneIn('A', keyedA, keyedB), aloneIn('B', keyedB, keyedA)].filter((words) => words !== '');
    if (alone.length > 0) throw new ComparisonError(alone.join('; '));
  }
  if (pairs.length === 0) throw new ComparisonError('A and B have no film in common');
  const changed = pairs.filter((pair) => pair.a.truths.join('\n') !== pair.b.truths.join('\n'));
  if (changed.length > 0)
    throw new ComparisonError(
      `${filmsInWords(changed.map((pair) => pair.a))} other true boxes in B than in A: annotations changed`,
    );
  return { pairs, leftOut: { a: keyedA.size - pairs.length, b: keyedB.size - pairs.length } };
}

function keyed(films: readonly FilmResult[], name: 'A' | 'B'): Map<string, FilmResult> {
  const times = new Map<string, number>();
  const unknown = films.filter(({ sha256 }) => sha256 === '').length;
  if (unknown > 0)
    throw new ComparisonError(`${name} has ${counted(unknown)} without a hash, which can't be found in the other`);
  return new Map(
    films.map((film) => {
      const time = (times.get(film.sha256) ?? 0) + 1;
      times.set(film.sha256, time);
      return [`${film.sha256} ${time}`, film];
    }),
  );
}

function aloneIn(
  name: 'A' | 'B',
  own: ReadonlyMap<string, FilmResult>,
  other: ReadonlyMap<string, FilmResult>,
): string {
  const films = [...own].flatMap(([key, film]) => (other.has(key) ? [] : [film]));
  if (films.length === 0) return '';
  const sets = [...new Set(films.map(({ set }) => set))].map(
    (set) => `${films.filter((film) => film.set === set).length} of ${set}`,
  );
  return `only ${name} has ${counted(films.length)} (${sets.join(', ')}), such as ${String(films[0]?.sha256)}`;
}

function filmsInWords(films: readonly FilmResult[]): string {
  return `${counted(films.length)}, such as ${String(films[0]?.sha256)}, ${films.length === 1 ? 'has' : 'have'}`;
}

function counted(n: number): string {
  return n === 1 ? 'one film' : `${n} films`;
}
