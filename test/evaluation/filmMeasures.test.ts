import t from 'tap';
import type { Appearance } from '../../src/evaluation/index.js';
import { appearance } from '../../src/evaluation/measures/appearance.js';
import { calibration, reliability, scoredBoxes } from '../../src/evaluation/measures/calibration.js';
import { classificationReport, confusionOf, kappa } from '../../src/evaluation/measures/confusion.js';
import { filmFigures } from '../../src/evaluation/measures/filmFigures.js';
import { saidAppearance } from '../../src/evaluation/measures/knownAppearance.js';
import { rocAuc, rocCurve } from '../../src/evaluation/measures/roc.js';
import { film, left, near, nowhere, once } from './films.js';

t.test("the area under the ROC curve equals scikit-learn's", (t) => {
  // roc_auc_score([0, 0, 1, 1], [.1, .4, .35, .8]) = .75, of its documentation: 3 of 4 pairs.
  const cases = [0.1, 0.4, 0.35, 0.8].map((score, i) => ({ score, positive: i > 1, film: i }));
  t.equal(rocAuc(cases)(once(cases)), 0.75);
  // One tied pair of four counts half: (1 + 1 + 1 + .5) / 4.
  const tied = [0.1, 0.4, 0.4, 0.8].map((score, i) => ({ score, positive: i > 1, film: i }));
  t.equal(rocAuc(tied)(once(tied)), 0.875);
  t.strictSame(rocCurve(tied), [
    { falsePositiveRate: 0, sensitivity: 0 },
    { falsePositiveRate: 0, sensitivity: 0.5 },
    { falsePositiveRate: 0.5, sensitivity: 1 },
    { falsePositiveRate: 1, sensitivity: 1 },
  ]);
  t.end();
});

t.test("classification report and kappa equal scikit-learn's", (t) => {
  // The example of classification_report: y_true [0, 1, 2, 2, 2], y_pred [0, 0, 2, 2, 1].
  const report = classificationReport(
    confusionOf(
      ['0', '1', '2'],
      [
        [0, 0, 1],
        [1, 0, 1],
        [2, 2, 1],
        [2, 2, 1],
        [2, 1, 1],
      ],
    ),
  );
  t.strictSame(report.classes['0'], { precision: 0.5, recall: 1, f1: 2 / 3, support: 1 });
  t.strictSame(report.classes['1'], { precision: 0, recall: 0, f1: 0, support: 1 });
  t.strictSame(report.classes['2'], { precision: 1, recall: 2 / 3, f1: 0.8, support: 3 });
  t.equal(report.accuracy, 0.6);
  const rounded = ({ precision, recall, f1, support }: typeof report.macroAverage) => [
    precision.toFixed(2),
    recall.toFixed(2),
    f1.toFixed(2),
    support,
  ];
  t.strictSame(rounded(report.macroAverage), ['0.50', '0.56', '0.49', 5]);
  t.strictSame(rounded(report.weightedAverage), ['0.70', '0.60', '0.61', 5]);
  // cohen_kappa_score([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]): agreed 4/6; by chance 2/6·3/6 + 3/6·3/6 = 5/12; (8 −
  // 5) / (12 − 5).
  near(
    t,
    kappa(
      confusionOf(
        ['0', '1', '2'],
        [
          [2, 0, 1],
          [0, 0, 1],
          [2, 2, 1],
          [2, 2, 1],
          [0, 0, 1],
          [1, 2, 1],
        ],
      ),
    ),
    3 / 7,
    'kappa',
  );
  t.end();
});

t.test('film-level figures at the operating point', (t) => {
  // With: .9, .4; without: .6, .2, .1. At .5: 1 of 2 found, 2 of 3 let pass, one false alarm.
  const films = [0.9, 0.4]
    .map((filmScore) => film([left], [], { filmScore }))
    .concat([0.6, 0.2, 0.1].map((filmScore) => film([], [], { filmScore })));
  const figures = filmFigures(films, 0.5).of(once(films));
  near(t, figures.auc, 5 / 6, 'AUC');
  t.match(figures, {
    sensitivity: 0.5,
    specificity: 2 / 3,
    positivePredictiveValue: 0.5,
    negativePredictiveValue: 2 / 3,
    accuracy: 0.6,
  });
  // Agreed .6; by chance .4·.4 + .6·.6 = .52.
  near(t, figures.kappa, 0.08 / 0.48, 'kappa');
  t.strictSame(filmFigures(films, 0.5).cases, {
    auc: 5,
    sensitivity: 2,
    specificity: 3,
    positivePredictiveValue: 2,
    negativePredictiveValue: 3,
    accuracy: 5,
    kappa: 5,
  });
  t.end();
});

t.test('calibration compares scores with the share of right cases', (t) => {
  // .95 meets a truth, .85 does not, .04 is too low to count: error (|.95 − 1| + |.85 − 0|) / 2, Brier (.05² + .85²)
  // / 2.
  const films = [
    film(
      [left],
      [
        [0.95, left],
        [0.85, nowhere],
        [0.04, nowhere],
      ],
    ),
  ];
  const figures = calibration(films).of(once(films));
  near(t, figures.boxEce, 0.45, 'ECE');
  near(t, figures.boxBrier, (0.05 ** 2 + 0.85 ** 2) / 2, 'Brier');
  near(t, figures.filmBrier, 0.05 ** 2, 'Brier of films');
  const bins = reliability(scoredBoxes(films));
  t.strictSame(
    bins.map(({ n }) => n),
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
  );
  t.match(bins[9], { from: 0.9, to: 1, score: 0.95, right: 1 });
  t.match(bins[0], { score: null, right: null });
  t.end();
});

const said = (appearance: Appearance, filmScore: number, typical: number, indeterminate: number, atypical: number) => ({
  ...film(appearance === 'negative' ? [] : [left], [], { filmScore, attributes: { typical, indeterminate, atypical } }),
  appearance,
});

t.test('the appearance is that of the best box, and negative below the operating point', (t) => {
  t.equal(saidAppearance(said('typical', 0.9, 0.2, 0.5, 0.4), 0.5), 'indeterminate');
  t.equal(saidAppearance(said('typical', 0.4, 0.9, 0, 0), 0.5), 'negative');
  t.equal(saidAppearance({ filmScore: 0.9, attributes: null }, 0.5), 'negative');
  const films = [
    said('typical', 0.9, 0.9, 0.1, 0.1), // typical: .81
    said('indeterminate', 0.8, 0.5, 0.3, 0.1), // .40, said to be typical
    said('atypical', 0.5, 0.4, 0.1, 0.6), // .20
    said('negative', 0.1, 0.9, 0.1, 0), // .09
    said('typical', 0.6, 0.5, 0.2, 0.1), // .30
  ];
  const figures = appearance(films, 0.5).of(once(films));
  // Typical .81 and .30 against .40, .20, .09: 3 + 2 of 6 pairs.
  near(t, figures.typicalAuc, 5 / 6, 'AUC of typical');
  // By the attribute alone .9 and .5 against .5, .4, .9: 1 + 1 + ½ and ½ + 1 + 0 of 6 pairs.
  near(t, figures.typicalAloneAuc, (1 + 1 + 0.5 + 0.5 + 1 + 0) / 6, 'AUC of typical alone');
  near(t, figures.accuracy, 4 / 5, 'accuracy');
  // Typical ranked 1st and 3rd: 1/2 · 1 + 1/2 · 2/3. The others come first in their own order, but indeterminate:
  // .24, .12 (typical), .09 …
  near(t, figures.apTypical, 0.5 + 0.5 * (2 / 3), 'AP of typical');
  near(t, figures.apNegative, 1, 'AP of negative');
  near(t, figures.studyAp, (figures.apTypical + 1 + 1 + 1) / 4, 'mean');
  const typicalOnly = appearance(
    films.map((each) => ({ ...each, attributes: { typical: each.attributes?.['typical'] ?? 0 } })),
    0.5,
  ).of(once(films));
  t.equal(typicalOnly.typicalAuc, figures.typicalAuc);
  t.ok(
    Number.isNaN(typicalOnly.indeterminateAuc) && Number.isNaN(typicalOnly.atypicalAuc),
    'an appearance that the network does not tell has no AUC',
  );
  near(t, typicalOnly.studyAp, (figures.apTypical + 1) / 4, 'and counts as 0 in the mean');
  t.end();
});
