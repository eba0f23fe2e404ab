import type { FilmResult } from '../results/results.js';

/** Films that are measured together. */
export interface FilmGroup {
  readonly kind: 'all' | 'set' | 'source';
  readonly name: string;
  readonly films: readonly FilmResult[];
}

/**
 * All films, then sets and sources if there are several of them: a source follows the set that it is part of; one
 * that spans several sets follows all films.
 */
export function groupsOf(films: readonly FilmResult[]): FilmGroup[] {
  const split = (kind: 'set' | 'source'): FilmGroup[] => {
    const names = [...new Set(films.map((film) => film[kind]))];
    return names.length < 2
      ? []
      : names.map((name) => ({ kind, name, films: films.filter((film) => film[kind] === name) }));
  };
  const sets = split('set');
  // The only source of a set would repeat what the set says.
  const sources = split('source').filter((source) => !sets.some((set) => sameFilms(set, source)));
  const partOf = (source: FilmGroup, set: FilmGroup): boolean => source.films.every((film) => film.set === set.name);
  return [
    { kind: 'all', name: 'all', films },
    ...sources.filter((source) => !sets.some((set) => partOf(source, set))),
    ...sets.flatMap((set) => [set, ...sources.filter((source) => partOf(source, set))]),
  ];
}

function sameFilms(a: FilmGroup, b: FilmGroup): boolean {
  return a.films.length === b.films.length && a.films.every((film, i) => film === b.films[i]);
}
