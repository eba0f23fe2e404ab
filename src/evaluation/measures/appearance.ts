import { areaUnderEnvelope } from './averagePrecision.js';
import { classificationReport, confusionOf, kappa } from './confusion.js';
import { appearancePairs, type FilmOfKnownAppearance } from './knownAppearance.js';
import type { Measure } from './measure.js';
import type { Ranking } from './ranking.js';
import { type Appearance, appearances, type FilmResult } from '../results/results.js';
import { rocAuc } from './roc.js';

export type AppearanceName =
  | 'typicalAuc'
  | 'typicalAloneAuc'
  | 'indeterminateAuc'
  | 'atypicalAuc'
  | 'negativeAuc'
  | 'accuracy'
  | 'kappa'
  | 'macroF1'
  | 'apNegative'
  | 'apTypical'
  | 'apIndeterminate'
  | 'apAtypical'
  | 'studyAp';

/**
 * How well the appearance of the best box tells the standard categories apart:
 *
 * - each against the rest by ROC AUC of film score · attribute (`typicalAloneAuc`: of the attribute alone);
 * - all four by the confusion matrix;
 * - the study-level AP of the SIIM-FISABIO-RSNA challenge (kaggle.com/c/siim-covid19-detection, "Evaluation"): PASCAL
 *   VOC 2010 AP of one whole-image box per category and study, so that AP ranks studies; `studyAp` is the mean of the
 *   four. Each film counts as a study of its own, since results do not say which films make a study.
 *
 * A category that the network does not predict has no AUC and, as in the challenge, an AP of 0.
 */
export function appearance(films: readonly FilmOfKnownAppearance[], threshold: number): Measure<AppearanceName> {
  const told = new Set<string>(['negative', ...films.flatMap(({ attributes }) => Object.keys(attributes ?? {}))]);
  const aucOf = (name: Appearance) =>
    !told.has(name)
      ? () => Number.NaN
      : rocAuc(
          films.map((film, index) => ({
            score: appearanceScore(film, name),
            positive: film.appearance === name,
            film: index,
          })),
        );
  const [typical, indeterminate, atypical, negative] = [
    aucOf('typical'),
    aucOf('indeterminate'),
    aucOf('atypical'),
    aucOf('negative'),
  ];
  const typicalAlone = rocAuc(
    films.map((film, index) => ({
      score: film.attributes?.['typical'] ?? 0,
      positive: film.appearance === 'typical',
      film: index,
    })),
  );
  const rankings = appearances.map((name) => ranked(films, name));
  const pairs = appearancePairs(films, threshold);
  const n = films.length;
  return {
    cases: {
      typicalAuc: n,
      typicalAloneAuc: n,
      indeterminateAuc: n,
      atypicalAuc: n,
      negativeAuc: n,
      accuracy: n,
      kappa: n,
      macroF1: n,
      apNegative: n,
      apTypical: n,
      apIndeterminate: n,
      apAtypical: n,
      studyAp: n,
    },
    of(weights) {
      const confusion = confusionOf(
        appearances,
        pairs.map(([truth, said], i) => [truth, said, weights[i]!]),
      );
      const report = classificationReport(confusion);
      const [apNegative = NaN, apTypical = NaN, apIndeterminate = NaN, apAtypical = NaN] = rankings.map((ranking, i) =>
        told.has(appearances[i]!) ? areaUnderEnvelope(ranking, weights) : 0,
      );
      return {
        typicalAuc: typical(weights),
        typicalAloneAuc: typicalAlone(weights),
        indeterminateAuc: indeterminate(weights),
        atypicalAuc: atypical(weights),
        negativeAuc: negative(weights),
        accuracy: report.accuracy,
        kappa: kappa(confusion),
        macroF1: report.macroAverage.f1,
        apNegative,
        apTypical,
        apIndeterminate,
        apAtypical,
        studyAp: (apNegative + apTypical + apIndeterminate + apAtypical) / 4,
      };
    },
  };
}

/** P(opacity) × P(appearance | opacity); for `negative`, 1 − P(opacity). */
function appearanceScore({ filmScore, attributes }: FilmResult, name: Appearance): number {
  return name === 'negative' ? 1 - filmScore : filmScore * (attributes?.[name] ?? 0);
}

/** Every film is one detection of this category, right if the film belongs to it. */
function ranked(films: readonly FilmOfKnownAppearance[], name: Appearance): Ranking {
  const order = films
    .map((film, index) => ({ score: appearanceScore(film, name), index }))
    .sort((a, b) => b.score - a.score);
  const truths = Float64Array.from(films, (film) => Number(film.appearance === name));
  return {
    score: Float64Array.from(order, ({ score }) => score),
    film: Int32Array.from(order, ({ index }) => index),
    right: Uint8Array.from(order, ({ index }) => truths[index]!),
    hits: truths.reduce((sum, one) => sum + one, 0),
    truths,
  };
}
