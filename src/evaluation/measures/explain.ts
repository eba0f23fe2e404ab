import type { EvaluationResults, EvaluationRun, FilmResult } from '../results/results.js';
import { averagePrecisionAt } from './averagePrecision.js';
import { type BootstrapOptions, drawPatients, withIntervals } from './bootstrap.js';
import { type BoxCounts, faultCounts, type LesionCounts } from './faultCounts.js';
import {
  backgroundForgiven,
  edgesForgiven,
  missesForgiven,
  negativesForgiven,
  rankingForgiven,
  secondBoxesForgiven,
} from './forgive.js';
import { type FilmGroup, groupsOf } from './groups.js';
import { type Figures, type Measure, once, orNull } from './measure.js';

/**
 * Faults, each forgiven alone:
 *
 * - `placement`: IoU ≥ .3 is enough;
 * - `edges`: the highest-scored box near each lesion is exactly on it;
 * - `ranking`: the best-placed box near each lesion has the highest score of them;
 * - `secondBoxes`: a lesion that is found has no second box on it;
 * - `background`: a film with lesions has no box away from them;
 * - `negativeFilms`: a film without a lesion has no box, as behind a perfect film classifier;
 * - `misses`: a lesion without any box near it does not count.
 *
 * Near is IoU ≥ .1.
 */
export const faults = [
  'placement',
  'edges',
  'ranking',
  'secondBoxes',
  'background',
  'negativeFilms',
  'misses',
] as const;
export type FaultName = (typeof faults)[number];

export interface Explanation {
  readonly schemaVersion: 1;
  readonly run: EvaluationRun;
  readonly bootstrap: BootstrapOptions & { readonly unit: 'patient'; readonly level: 0.95 };
  /** All films, then each set and source. */
  readonly groups: readonly GroupExplanation[];
}

export interface GroupExplanation {
  readonly kind: FilmGroup['kind'];
  readonly name: string;
  readonly films: number;
  readonly truths: number;
  /** At IoU ≥ .4 and ≥ .5. */
  readonly ap40: LimitExplanation;
  readonly ap50: LimitExplanation;
}

interface LimitExplanation {
  readonly measured: number | null;
  /** AP if that fault alone were forgiven. */
  readonly forgiven: Readonly<Record<FaultName, number | null>>;
  /** What that adds to the measured AP, resampled together. Gains of several faults do not add up. */
  readonly gain: Figures<FaultName>;
  /** Boxes at or above the operating point, and lesions, by what is right or wrong with them. */
  readonly boxes: Readonly<BoxCounts>;
  readonly lesions: Readonly<LesionCounts>;
}

/**
 * What average precision lacks: AP at IoU ≥ .4 and ≥ .5 if one kind of fault were forgiven, in the manner of TIDE
 * (Bolya et al. 2020).
 *
 * Results have no coordinates, so they do not say which edge of a box is wrong, nor how boxes overlap each other;
 * they have no overlaps below .05 and none with true boxes of another class; a lesion that readers did not mark is
 * background.
 *
 * @example
 * const { groups } = explain(results, defaultBootstrap);
 * groups[0]?.ap50.gain.ranking; // { value: 0.244216, low: 0.214383, high: 0.278795, n: 1009 }
 */
export function explain({ run, films }: EvaluationResults, { resamples, seed }: BootstrapOptions): Explanation {
  return {
    schemaVersion: 1,
    run,
    bootstrap: { unit: 'patient', level: 0.95, resamples, seed },
    groups: groupsOf(films).map((group) => explainGroup(group, run.model, { resamples, seed })),
  };
}

function explainGroup(
  { kind, name, films }: FilmGroup,
  { lesions, threshold }: EvaluationRun['model'],
  options: BootstrapOptions,
): GroupExplanation {
  const truths = films.reduce((sum, film) => sum + film.truths.length, 0);
  const draws = drawPatients(
    films.map(({ patient }) => patient),
    options,
  );
  const at = (limit: number): LimitExplanation => {
    const measured = averagePrecisionAt(films, lesions, limit);
    const forgiven = precisionIfForgiven(films, lesions, limit);
    const gain: Measure<FaultName> = {
      cases: perFault(() => truths),
      of: (weights) => {
        const ap = measured(weights);
        return perFault((fault) => forgiven[fault](weights) - ap);
      },
    };
    return {
      measured: orNull(measured(once(films.length))),
      forgiven: perFault((fault) => orNull(forgiven[fault](once(films.length)))),
      gain: withIntervals(gain, films.length, draws),
      ...faultCounts(films, threshold, limit),
    };
  };
  return { kind, name, films: films.length, truths, ap40: at(0.4), ap50: at(0.5) };
}

function precisionIfForgiven(
  films: readonly FilmResult[],
  lesions: readonly string[],
  limit: number,
): Record<FaultName, (weights: Float64Array) => number> {
  const of = (changed: (film: FilmResult) => FilmResult) => averagePrecisionAt(films.map(changed), lesions, limit);
  return {
    placement: averagePrecisionAt(films, lesions, 0.3),
    edges: of(edgesForgiven),
    ranking: of(rankingForgiven),
    secondBoxes: of((film) => secondBoxesForgiven(film, limit)),
    background: of(backgroundForgiven),
    negativeFilms: of(negativesForgiven),
    misses: of(missesForgiven),
  };
}

function perFault<To>(to: (fault: FaultName) => To): Record<FaultName, To> {
  return {
    placement: to('placement'),
    edges: to('edges'),
    ranking: to('ranking'),
    secondBoxes: to('secondBoxes'),
    background: to('background'),
    negativeFilms: to('negativeFilms'),
    misses: to('misses'),
  };
}
