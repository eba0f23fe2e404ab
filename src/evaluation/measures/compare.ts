import type { EvaluationResults, EvaluationRun, FilmResult } from '../results/results.js';
import { averagePrecisionAt } from './averagePrecision.js';
import { type BootstrapOptions, drawPatients, withIntervals } from './bootstrap.js';
import { isPositive, scoredFilms } from './filmFigures.js';
import { froc, type FrocName } from './froc.js';
import { type FilmGroup, groupsOf } from './groups.js';
import { type Figures, type Measure, once, orNull } from './measure.js';
import { type PairedFilms, pairFilms } from './pairFilms.js';
import { rocAuc } from './roc.js';

/** AP at IoU ≥ .4 and .5, film-level AUC, and the sensitivities of `froc`. */
export type ComparedName = 'ap40' | 'ap50' | 'auc' | FrocName;

export interface Comparison {
  readonly schemaVersion: 1;
  readonly a: EvaluationRun;
  readonly b: EvaluationRun;
  readonly leftOut: PairedFilms['leftOut'];
  readonly bootstrap: BootstrapOptions & { readonly unit: 'patient'; readonly level: 0.95 };
  /** All films, then each set and source of A. */
  readonly groups: readonly GroupComparison[];
}

export interface GroupComparison {
  readonly kind: FilmGroup['kind'];
  readonly name: string;
  readonly films: number;
  readonly patients: number;
  readonly positives: number;
  readonly a: Readonly<Record<ComparedName, number | null>>;
  readonly b: Readonly<Record<ComparedName, number | null>>;
  /** B − A. Both are resampled alike, so an interval is narrower than those of A and B suggest. */
  readonly difference: Figures<ComparedName>;
}

export interface CompareOptions extends BootstrapOptions {
  /** Compare over the films that both results have, instead of refusing the others. */
  readonly sharedOnly: boolean;
}

/**
 * The difference of two networks, or of two versions of one, on the same films: paired by film, resampled by patient.
 *
 * @throws ComparisonError if the results are not about the same films and true boxes
 *
 * @example
 * const { groups } = compare(before, after, { resamples: 1000, seed: 1, sharedOnly: false });
 * groups[0]?.difference.ap50; // { value: 0.010445, low: -0.061632, high: 0.073137, n: 222 }
 */
export function compare(
  a: EvaluationResults,
  b: EvaluationResults,
  { resamples, seed, sharedOnly }: CompareOptions,
): Comparison {
  const { pairs, leftOut } = pairFilms(a, b, { sharedOnly });
  const ofB = new Map(pairs.map((pair) => [pair.a, pair.b]));
  return {
    schemaVersion: 1,
    a: a.run,
    b: b.run,
    leftOut,
    bootstrap: { unit: 'patient', level: 0.95, resamples, seed },
    groups: groupsOf(pairs.map((pair) => pair.a)).map((group) =>
      compareGroup(
        group,
        group.films.flatMap((film) => ofB.get(film) ?? []),
        a.run.model.lesions,
        { resamples, seed },
      ),
    ),
  };
}

function compareGroup(
  { kind, name, films }: FilmGroup,
  filmsOfB: readonly FilmResult[],
  lesions: readonly string[],
  options: BootstrapOptions,
): GroupComparison {
  const patients = films.map(({ patient }) => patient);
  const [a, b] = [compared(films, lesions), compared(filmsOfB, lesions)];
  const difference: Measure<ComparedName> = {
    cases: a.cases,
    of: (weights) => map(a.of(weights), b.of(weights), (ofA, ofB) => ofB - ofA),
  };
  const values = (measure: Measure<ComparedName>) => {
    const figures = measure.of(once(films.length));
    return map(figures, figures, orNull);
  };
  return {
    kind,
    name,
    films: films.length,
    patients: new Set(patients).size,
    positives: films.filter(isPositive).length,
    a: values(a),
    b: values(b),
    difference: withIntervals(difference, films.length, drawPatients(patients, options)),
  };
}

function compared(films: readonly FilmResult[], lesions: readonly string[]): Measure<ComparedName> {
  const ap40 = averagePrecisionAt(films, lesions, 0.4);
  const ap50 = averagePrecisionAt(films, lesions, 0.5);
  const auc = rocAuc(scoredFilms(films));
  const sensitivity = froc(films);
  const truths = sensitivity.cases.mean;
  return {
    cases: { ap40: truths, ap50: truths, auc: films.length, ...sensitivity.cases },
    of: (weights) => ({ ap40: ap40(weights), ap50: ap50(weights), auc: auc(weights), ...sensitivity.of(weights) }),
  };
}

function map<From, To>(
  a: Readonly<Record<ComparedName, From>>,
  b: Readonly<Record<ComparedName, From>>,
  to: (a: From, b: From) => To,
): Record<ComparedName, To> {
  const at = (name: ComparedName): To => to(a[name], b[name]);
  return {
    ap40: at('ap40'),
    ap50: at('ap50'),
    auc: at('auc'),
    at0125: at('at0125'),
    at025: at('at025'),
    at05: at('at05'),
    at1: at('at1'),
    at2: at('at2'),
    at4: at('at4'),
    at8: at('at8'),
    mean: at('mean'),
  };
}
