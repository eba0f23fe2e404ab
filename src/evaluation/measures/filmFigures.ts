import { type Confusion, confusionOf, kappa } from './confusion.js';
import type { Measure } from './measure.js';
import type { FilmResult } from '../results/results.js';
import { rocAuc, type Scored } from './roc.js';

export type FilmFigureName =
  'auc' | 'sensitivity' | 'specificity' | 'positivePredictiveValue' | 'negativePredictiveValue' | 'accuracy' | 'kappa';

/** Labels of the film-level confusion matrix. */
export const filmLabels = ['without', 'with'] as const;

/**
 * Films with a true box against films without, by `filmScore`: area under the ROC curve, and figures at the operating
 * point.
 */
export function filmFigures(films: readonly FilmResult[], threshold: number): Measure<FilmFigureName> {
  const auc = rocAuc(scoredFilms(films));
  const pairs = filmPairs(films, threshold);
  const [[trueNegatives = 0, falsePositives = 0] = [], [falseNegatives = 0, truePositives = 0] = []] = filmConfusion(
    films,
    threshold,
  ).counts;
  return {
    cases: {
      auc: films.length,
      sensitivity: falseNegatives + truePositives,
      specificity: trueNegatives + falsePositives,
      positivePredictiveValue: truePositives + falsePositives,
      negativePredictiveValue: trueNegatives + falseNegatives,
      accuracy: films.length,
      kappa: films.length,
    },
    of(weights) {
      const confusion = confusionOf(
        filmLabels,
        pairs.map(([truth, prediction], i) => [truth, prediction, weights[i]!]),
      );
      const [[tn = 0, fp = 0] = [], [fn = 0, tp = 0] = []] = confusion.counts;
      return {
        auc: auc(weights),
        sensitivity: tp / (tp + fn),
        specificity: tn / (tn + fp),
        positivePredictiveValue: tp / (tp + fp),
        negativePredictiveValue: tn / (tn + fn),
        accuracy: (tp + tn) / (tp + tn + fp + fn),
        kappa: kappa(confusion),
      };
    },
  };
}

export function filmConfusion(films: readonly FilmResult[], threshold: number): Confusion {
  return confusionOf(
    filmLabels,
    filmPairs(films, threshold).map(([truth, prediction]) => [truth, prediction, 1]),
  );
}

/** Truth and prediction of each film, as indices into the labels. */
export function filmPairs(
  films: readonly FilmResult[],
  threshold: number,
): (readonly [truth: number, prediction: number])[] {
  return films.map((film) => [Number(isPositive(film)), Number(film.filmScore >= threshold)]);
}

export function scoredFilms(films: readonly FilmResult[]): Scored[] {
  return films.map((film, index) => ({ score: film.filmScore, positive: isPositive(film), film: index }));
}

/** Whether a film has a true box. */
export function isPositive({ truths }: Pick<FilmResult, 'truths'>): boolean {
  return truths.length > 0;
}
