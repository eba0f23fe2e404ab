import type { FilmResult } from '../results/results.js';
import { findLimit } from './froc.js';
import { matchBoxes, meetsTruth } from './matching.js';

/** Indices of films, worst first. */
export interface WorstFilms {
  /** A true box was not found at the operating point. More misses are worse; then the lower film score is. */
  readonly misses: readonly number[];
  /** A box at or above the operating point meets no true one. The higher its score, the worse. */
  readonly falsePositives: readonly number[];
}

export function worstFilms(films: readonly FilmResult[], threshold: number, count = 12): WorstFilms {
  const ranked = (badness: (film: FilmResult) => number | undefined): number[] =>
    films
      .flatMap((film, index) => {
        const bad = badness(film);
        return bad === undefined ? [] : [{ index, bad }];
      })
      .sort((a, b) => b.bad - a.bad)
      .slice(0, count)
      .map(({ index }) => index);
  return {
    misses: ranked((film) => {
      const right = matchBoxes(film, { kind: 'coco', limit: findLimit });
      const found = film.boxes.filter(({ score }, i) => score >= threshold && right[i] === 1).length;
      return found === film.truths.length ? undefined : film.truths.length - found + 1 - film.filmScore;
    }),
    falsePositives: ranked(
      (film) => film.boxes.find((box) => box.score >= threshold && !meetsTruth(box, findLimit))?.score,
    ),
  };
}
