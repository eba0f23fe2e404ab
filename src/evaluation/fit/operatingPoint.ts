import { isPositive, scoredFilms } from '../measures/filmFigures.js';
import { findLimit, walk } from '../measures/froc.js';
import { once } from '../measures/measure.js';
import { rank } from '../measures/ranking.js';
import { rocCurve } from '../measures/roc.js';
import type { FilmResult } from '../results/results.js';

/** What an operating point must achieve. It is the lowest threshold that does, or for a sensitivity the highest. */
export type OperatingGoal =
  | { readonly kind: 'false-positives-per-film'; readonly atMost: number }
  | { readonly kind: 'film-sensitivity'; readonly atLeast: number }
  /** Highest film-level sensitivity + specificity − 1 (Youden 1950). */
  | { readonly kind: 'youden' };

export interface OperatingPoint {
  readonly threshold: number;
  /** Its figures on these films. */
  readonly falsePositivesPerFilm: number;
  readonly boxSensitivity: number;
  readonly filmSensitivity: number;
  readonly filmSpecificity: number;
}

/** No threshold achieves the goal. */
export class OperatingPointError extends Error {
  override readonly name = 'OperatingPointError';
}

/**
 * The threshold for a goal: one of the scores of these films, written with as few decimals as separate it from the
 * next lower score. A box is a false positive if it takes no true box at IoU ≥ .4.
 *
 * @throws OperatingPointError if there is none
 */
export function operatingPoint(films: readonly FilmResult[], goal: OperatingGoal): OperatingPoint {
  const chosen = chooseLevel(films, goal);
  return reached(films, shortestBetween(nextBelow(films, chosen), chosen));
}

function chooseLevel(films: readonly FilmResult[], goal: OperatingGoal): number {
  if (goal.kind === 'false-positives-per-film') {
    let best: number | undefined;
    walk(rank(films, { kind: 'coco', limit: findLimit }), once(films.length), (score, _, falsePositives) => {
      if (falsePositives > goal.atMost * films.length) return false;
      best = score;
      return true;
    });
    if (best === undefined && films.every(({ boxes }) => boxes.length === 0))
      throw new OperatingPointError('no box was found on these films: there is no score to choose from');
    if (best === undefined)
      throw new OperatingPointError(`the best box alone already exceeds ${goal.atMost} false positives a film`);
    return best;
  }
  const rated = filmLevels(films);
  if (goal.kind === 'film-sensitivity') {
    const found = rated.find(({ sensitivity }) => sensitivity >= goal.atLeast);
    if (found === undefined)
      throw new OperatingPointError(`no threshold reaches a film-level sensitivity of ${goal.atLeast}`);
    return found.level;
  }
  return rated.reduce((best, each) =>
    each.sensitivity + each.specificity > best.sensitivity + best.specificity ? each : best,
  ).level;
}

/** Every film score as a threshold, highest first, with sensitivity and specificity of the films. */
function filmLevels(films: readonly FilmResult[]): { level: number; sensitivity: number; specificity: number }[] {
  const curve = rocCurve(scoredFilms(films)).slice(1);
  if (curve.length === 0)
    throw new OperatingPointError('a film-level operating point needs films with and without a true box');
  if (films.every(({ filmScore }) => filmScore === 0))
    throw new OperatingPointError('every film scores 0: there is no score to choose from');
  const levels = [...new Set(films.map(({ filmScore }) => filmScore))].sort((a, b) => b - a);
  return curve
    .map(({ sensitivity, falsePositiveRate }, i) => ({
      level: levels[i] ?? 0,
      sensitivity,
      specificity: 1 - falsePositiveRate,
    }))
    .filter(({ level }) => level > 0);
}

/** The figures of these films at a threshold. */
export function reached(films: readonly FilmResult[], threshold: number): OperatingPoint {
  const ranking = rank(films, { kind: 'coco', limit: findLimit });
  let [hits, falsePositives] = [0, 0];
  for (let i = 0; i < ranking.score.length && ranking.score[i]! >= threshold; i++) {
    if (ranking.right[i] === 1) hits++;
    else falsePositives++;
  }
  const positives = films.filter(isPositive);
  const negatives = films.filter((film) => !isPositive(film));
  const share = (some: readonly FilmResult[], over: boolean): number =>
    some.filter(({ filmScore }) => filmScore >= threshold === over).length / some.length;
  return {
    threshold,
    falsePositivesPerFilm: falsePositives / films.length,
    boxSensitivity: hits / ranking.truths.reduce((sum, count) => sum + count, 0),
    filmSensitivity: share(positives, true),
    filmSpecificity: share(negatives, false),
  };
}

/** The highest score of a box or film below a level; 0 if there is none. */
function nextBelow(films: readonly FilmResult[], level: number): number {
  let below = 0;
  const look = (score: number): void => {
    if (score < level && score > below) below = score;
  };
  for (const { filmScore, boxes } of films) {
    look(filmScore);
    for (const { score } of boxes) look(score);
  }
  return below;
}

/** The number with the fewest decimals in (below, above]: a threshold that people can say. */
export function shortestBetween(below: number, above: number): number {
  for (let decimals = 1; decimals < 6; decimals++) {
    const scale = 10 ** decimals;
    const candidate = Math.floor(above * scale + 1e-9) / scale;
    if (candidate > below && candidate <= above && candidate > 0) return candidate;
  }
  return above;
}
