import { areaUnderEnvelope } from './averagePrecision.js';
import { type Confusion, classificationReport, confusionOf, kappa } from './confusion.js';
import type { Measure } from './measure.js';
import type { Ranking } from './ranking.js';
import { type Appearance, appearances, type FilmResult } from './results.js';
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

type Known = FilmResult & { readonly appearance: Appearance };

/** Films whose appearance readers have stated: the only ones that say anything here. */
export function withKnownAppearance(films: readonly FilmResult[]): Known[] {
  return films.filter((film): film is Known => film.appearance !== null);
}

/** Whether a network has any of the three attribute classes; one that it did not learn is left out of it. */
export function tellsAppearance(attributes: readonly string[]): boolean {
  return appearances.some((name) => name !== 'negative' && attributes.includes(name));
}

/**
 * How well the appearance of the best box tells the standard categories apart: each against the rest by ROC AUC (of film score · attribute;
 * `typicalAloneAuc`: of the attribute without the film score), all four by the confusion matrix, and the study-level AP of the SIIM-FISABIO-RSNA challenge (kaggle.com/c/siim-covid19-detection, “Evaluation”: PASCAL VOC 2010 AP
 * of whole-image boxes, one a category and study, so that AP ranks studies; `studyAp` is the mean over the four categories). A film stands
 * for its study here: which films make a study is not known. A category that the network does not tell has no AUC and, as in the
 * challenge, an AP of 0.
 */
export function appearance(films: readonly Known[], threshold: number): Measure<AppearanceName> {
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

export function appearanceConfusion(films: readonly Known[], threshold: number): Confusion {
  return confusionOf(
    appearances,
    appearancePairs(films, threshold).map(([truth, said]) => [truth, said, 1]),
  );
}

/** Of each film, truth and prediction as indices into the four categories. */
export function appearancePairs(
  films: readonly Known[],
  threshold: number,
): (readonly [truth: number, prediction: number])[] {
  return films.map((film) => [
    appearances.indexOf(film.appearance),
    appearances.indexOf(saidAppearance(film, threshold)),
  ]);
}

/** Negative below the operating point, else the strongest attribute of the best box. */
export function saidAppearance(
  { filmScore, attributes }: Pick<FilmResult, 'filmScore' | 'attributes'>,
  threshold: number,
): Appearance {
  if (filmScore < threshold || attributes === null) return 'negative';
  const [first, ...others] = (['typical', 'indeterminate', 'atypical'] as const).map((name) => ({
    name,
    probability: attributes[name] ?? 0,
  }));
  return (
    others.reduce((best, other) => (other.probability > (best?.probability ?? 0) ? other : best), first)?.name ??
    'typical'
  );
}

/** That there is something, times that it looks so; for `negative`, that there is nothing. */
function appearanceScore({ filmScore, attributes }: FilmResult, name: Appearance): number {
  return name === 'negative' ? 1 - filmScore : filmScore * (attributes?.[name] ?? 0);
}

/** Every film is one detection of this category; it is right where the film belongs there. */
function ranked(films: readonly Known[], name: Appearance): Ranking {
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
