import fc from 'fast-check';
import t, { type Test } from 'tap';
import { appearance } from '../../src/evaluation/measures/appearance.js';
import { saidAppearance } from '../../src/evaluation/measures/knownAppearance.js';
import { areaUnderEnvelope, averagePrecision, mean101 } from '../../src/evaluation/measures/averagePrecision.js';
import { drawPatients, percentile, withIntervals } from '../../src/evaluation/measures/bootstrap.js';
import { boxCounts } from '../../src/evaluation/measures/boxCounts.js';
import { calibration, reliability, scoredBoxes } from '../../src/evaluation/measures/calibration.js';
import { classificationReport, confusionOf, kappa } from '../../src/evaluation/measures/confusion.js';
import { filmFigures } from '../../src/evaluation/measures/filmFigures.js';
import { froc } from '../../src/evaluation/measures/froc.js';
import type { Appearance, FilmResult, Measure } from '../../src/evaluation/index.js';
import { matchBoxes } from '../../src/evaluation/measures/matching.js';
import { seededRandom } from '../../src/random.js';
import { rank } from '../../src/evaluation/measures/ranking.js';
import { rocAuc, rocCurve } from '../../src/evaluation/measures/roc.js';
import { rsna } from '../../src/evaluation/measures/rsna.js';
import { film, once, type Place, randomFilms, resultOf } from './films.js';

const near = (t: Test, value: number, expected: number, what: string) =>
  t.ok(Math.abs(value - expected) < 1e-9, `${what}: ${value}, by hand ${expected}`);

const left: Place = [0, 0, 100, 100];
const right: Place = [200, 0, 100, 100];
const nowhere: Place = [500, 500, 50, 50];
/** Two true boxes on two films; found with .9 and .7, a false one between them. */
const two = [
  film(
    [left],
    [
      [0.9, left],
      [0.8, nowhere],
    ],
  ),
  film([left], [[0.7, left]], { patient: 1 }),
];

t.test('average precision of three boxes comes out as by hand', (t) => {
  // After .9: recall 1/2, precision 1; after .7: recall 1, precision 2/3.
  const ranking = rank(two, { kind: 'coco', limit: 0.4 }, 'opacity');
  // 51 points of recall 0 … .5 have 1, the 50 beyond have 2/3.
  near(t, mean101(ranking, once(two)), (51 + 50 * (2 / 3)) / 101, 'COCO');
  near(t, areaUnderEnvelope(ranking, once(two)), 0.5 * 1 + 0.5 * (2 / 3), 'VOC 2010');
  // The second film three times: 4 true boxes; recall 1/4 at precision 1, then 1 at 4/5.
  near(t, mean101(ranking, Float64Array.of(1, 3)), (26 + 75 * (4 / 5)) / 101, 'resampled');
  t.end();
});

t.test('COCO lets a box take its second choice, VOC and a taken truth make it wrong', (t) => {
  // Both boxes lie best on the first truth; the second box covers the other truth by 50 · 100 of 100 · 100 + 75 · 100 − 50 · 100.
  const truths: Place[] = [
    [0, 0, 100, 100],
    [60, 0, 100, 100],
  ];
  const both = film(truths, [
    [0.9, [0, 0, 100, 100]],
    [0.8, [20, 0, 100, 100]],
  ]);
  t.strictSame(both.boxes[1]?.overlaps, [
    { truth: 0, iou: 0.666666 },
    { truth: 1, iou: 0.428571 },
  ]);
  t.strictSame([...matchBoxes(both, { kind: 'coco', limit: 0.4 })], [1, 1]);
  t.strictSame([...matchBoxes(both, { kind: 'voc', limit: 0.4 })], [1, 0]);
  t.strictSame([...matchBoxes(both, { kind: 'coco', limit: 0.5 })], [1, 0]);
  t.end();
});

t.test('an IoU that reaches a limit exactly counts for COCO and not for RSNA', (t) => {
  // 60 · 100 of 100 · 100.
  const exact = film([[0, 0, 100, 100]], [[0.9, [0, 0, 60, 100]]]);
  t.equal(exact.boxes[0]?.overlaps[0]?.iou, 0.6);
  t.strictSame([...matchBoxes(exact, { kind: 'coco', limit: 0.6 })], [1]);
  t.strictSame([...matchBoxes(exact, { kind: 'rsna', limit: 0.6 })], [0]);
  // Cut to four decimals, 59.999 / 100 stays below .6.
  t.strictSame(
    [...matchBoxes(film([[0, 0, 100, 100]], [[0.9, [0, 0, 59.9999, 100]]]), { kind: 'coco', limit: 0.6 })],
    [0],
  );
  t.end();
});

t.test('no limit of two decimals is crossed by cutting an IoU to four', (t) => {
  for (let percent = 5; percent <= 95; percent += 5) {
    const boxes = film([[0, 0, 100, 100]], [[0.9, [0, 0, percent, 100]]]);
    t.strictSame([...matchBoxes(boxes, { kind: 'coco', limit: percent / 100 })], [1], `${percent} %`);
  }
  t.end();
});

t.test('the RSNA metric averages TP / (TP + FP + FN) over eight limits and leaves films with nothing out', (t) => {
  const films = [
    // IoU .62: a hit above .40, .45, .50, .55 and .60 of eight.
    film([[0, 0, 100, 100]], [[0.9, [0, 0, 62, 100]]]),
    // Nothing there, nothing said: not scored. What lies below the threshold is not said.
    film([], [[0.1, left]]),
    film([], [[0.6, left]]),
    // One found at all limits, one missed, one false: 1 / 3.
    film(
      [left, right],
      [
        [0.8, left],
        [0.7, nowhere],
      ],
    ),
  ];
  const measure = rsna(films, 0.5);
  near(t, measure.of(once(films)).rsna, (5 / 8 + 0 + 1 / 3) / 3, 'mean');
  t.equal(measure.cases.rsna, 3);
  t.end();
});

t.test('FROC is read at thresholds that exist', (t) => {
  // At .9: no false positive, 1 of 2 found; at .7: 1 on 2 films, 2 of 2. So .5 at 1/8 and 1/4, 1 from 1/2 on.
  const figures = froc(two).of(once(two));
  t.match(figures, { at0125: 0.5, at025: 0.5, at05: 1, at1: 1, at8: 1 });
  near(t, figures.mean, (0.5 + 0.5 + 5) / 7, 'mean');
  // Equal scores can't be told apart: the hit at .9 comes with two false ones, 1 a film.
  const tied = [
    film(
      [left],
      [
        [0.9, left],
        [0.9, nowhere],
      ],
    ),
    film([], [[0.9, nowhere]]),
  ];
  t.match(froc(tied).of(once(tied)), { at05: 0, at1: 1 });
  t.end();
});

t.test('boxes at the operating point are counted at three limits', (t) => {
  // 3 true, 3 reported (.2 is not): hits 2 at .4, 1 at .5 and .75.
  const films = [
    film(
      [left, right],
      [
        [0.9, left],
        [0.8, [0, 200, 10, 10]],
        [0.2, right],
      ],
    ),
    film([left], [[0.7, [0, 0, 45, 100]]]),
  ];
  const figures = boxCounts(films, 0.5).of(once(films));
  near(t, figures.precision40, 2 / 3, 'precision');
  near(t, figures.recall40, 2 / 3, 'recall');
  near(t, figures.f1At40, 4 / 6, 'F1 at .4');
  near(t, figures.f1At50, 2 / 6, 'F1 at .5');
  near(t, figures.f1At75, 2 / 6, 'F1 at .75');
  near(t, figures.falsePositivesPerFilm, 1 / 2, 'false positives a film');
  t.end();
});

t.test('the area under the ROC curve is that of scikit-learn', (t) => {
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

t.test('classification report and kappa are those of scikit-learn', (t) => {
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
  // cohen_kappa_score([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]): agreed 4/6; by chance 2/6·3/6 + 3/6·3/6 = 5/12; (8 − 5) / (12 − 5).
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

t.test('calibration compares scores with the share that was right', (t) => {
  // .95 meets a truth, .85 does not, .04 is too low to count: error (|.95 − 1| + |.85 − 0|) / 2, Brier (.05² + .85²) / 2.
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
  // Typical ranked 1st and 3rd: 1/2 · 1 + 1/2 · 2/3. The others come first in their own order, but indeterminate: .24, .12 (typical), .09 …
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
    'what a network does not tell has no AUC',
  );
  near(t, typicalOnly.studyAp, (figures.apTypical + 1) / 4, 'and counts nothing in the mean');
  t.end();
});

t.test('a perfect detector has 1 everywhere', (t) => {
  const films = [
    film(
      [left, right],
      [
        [0.99, left],
        [0.98, right],
      ],
    ),
    film([nowhere], [[0.97, nowhere]], { patient: 1 }),
    film([], [], { patient: 2 }),
  ];
  for (const value of Object.values(averagePrecision(films, ['opacity']).of(once(films)))) near(t, value, 1, 'AP');
  for (const value of Object.values(froc(films).of(once(films)))) t.equal(value, 1);
  t.match(boxCounts(films, 0.5).of(once(films)), {
    precision40: 1,
    recall40: 1,
    f1At40: 1,
    f1At50: 1,
    f1At75: 1,
    falsePositivesPerFilm: 0,
  });
  t.match(filmFigures(films, 0.5).of(once(films)), { auc: 1, sensitivity: 1, specificity: 1, accuracy: 1, kappa: 1 });
  t.equal(rsna(films, 0.5).of(once(films)).rsna, 1);
  t.end();
});

t.test('what is not defined is null, and not zero', (t) => {
  const undefinedWithout = (films: readonly FilmResult[]) => {
    const draws = drawPatients(
      films.map(({ patient }) => patient),
      { resamples: 20, seed: 1 },
    );
    return {
      ap: withIntervals(averagePrecision(films, ['opacity']), films.length, draws).ap40,
      froc: withIntervals(froc(films), films.length, draws).mean,
      auc: withIntervals(filmFigures(films, 0.5), films.length, draws).auc,
      sensitivity: withIntervals(filmFigures(films, 0.5), films.length, draws).sensitivity,
      rsna: withIntervals(rsna(films, 0.5), films.length, draws).rsna,
    };
  };
  const nothing = { value: null, low: null, high: null };
  t.match(
    undefinedWithout([film([], [[0.3, left]])]),
    { ap: nothing, froc: nothing, auc: nothing, sensitivity: nothing, rsna: nothing },
    'no true box',
  );
  const onlyOne = film([left], []);
  t.match(
    undefinedWithout([onlyOne, { ...onlyOne, patient: 1 }]),
    {
      ap: { value: 0, low: 0, high: 0, n: 2 },
      froc: { value: 0 },
      auc: nothing,
      sensitivity: { value: 0 },
      rsna: { value: 0 },
    },
    'no detection',
  );
  const unbounded = { value: 0, low: null, high: null };
  t.match(
    undefinedWithout([onlyOne, onlyOne]),
    { ap: unbounded, froc: unbounded, auc: nothing, sensitivity: unbounded, rsna: unbounded },
    'films of one patient say nothing of how others would come out',
  );
  t.end();
});

t.test('scores without information have an area of one half', (t) => {
  const random = seededRandom(7);
  const cases = Array.from({ length: 4000 }, (_, film) => ({ score: random(), positive: random() < 0.3, film }));
  const auc = rocAuc(cases)(once(cases));
  // Standard error √((n₁ + n₂ + 1) / (12 n₁ n₂)) ≈ .010.
  t.ok(Math.abs(auc - 0.5) < 0.03, `AUC ${auc}`);
  t.equal(rocAuc(cases.map((c) => ({ ...c, score: 0.5 })))(once(cases)), 0.5, 'all equal');
  t.end();
});

/** Every measure under one roof, so that a property holds for all. */
const measures = (films: readonly FilmResult[]): Measure<string>[] => [
  averagePrecision(films, ['opacity', 'nodule']),
  froc(films),
  rsna(films, 0.5),
  boxCounts(films, 0.5),
  filmFigures(films, 0.5),
  calibration(films),
  appearance(
    films.map((each, i) => ({
      ...each,
      appearance: (['negative', 'typical', 'indeterminate', 'atypical'] as const)[i % 4] ?? 'negative',
    })),
    0.5,
  ),
];

t.test('a film of weight k counts as k films', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 12 }),
      (seed, weights) => {
        const films = randomFilms(seed, weights.length, { classes: ['opacity', 'nodule'], ties: false }).map(
          (drawn, i) => ({
            ...resultOf(drawn, i),
            attributes: { typical: (seed % 7) / 7, indeterminate: (i % 5) / 5, atypical: 0.3 },
          }),
        );
        const place = films.map((_, i) => i).flatMap((i) => Array.from({ length: weights[i] ?? 0 }, () => i));
        const repeated = place.map((i) => films[i]!);
        // What a film is called a readers' appearance must go with it.
        const named = (list: readonly FilmResult[], at: (i: number) => number) =>
          list.map((each, i) => ({
            ...each,
            appearance: (['negative', 'typical', 'indeterminate', 'atypical'] as const)[at(i) % 4]!,
          }));
        const pairs: [Measure<string>, Measure<string>][] = measures(films)
          .slice(0, -1)
          .map((measure, i) => [measure, measures(repeated)[i]!]);
        pairs.push([
          appearance(
            named(films, (i) => i),
            0.5,
          ),
          appearance(
            named(repeated, (i) => place[i]!),
            0.5,
          ),
        ]);
        for (const [weighted, plain] of pairs) {
          const [a, b] = [weighted.of(Float64Array.from(weights)), plain.of(once(repeated))];
          for (const name of Object.keys(a)) {
            const same = Number.isNaN(a[name]) ? Number.isNaN(b[name]) : Math.abs(a[name]! - b[name]!) < 1e-9;
            if (!same) throw new Error(`${name}: weighted ${String(a[name])}, repeated ${String(b[name])}`);
          }
        }
      },
    ),
    { seed: 20_261_121, numRuns: 200 },
  );
  t.end();
});

t.test('one more false box never helps, and no figure leaves 0 to 1', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (seed, score) => {
      const films = randomFilms(seed, 6, { classes: ['opacity'], ties: true }).map(resultOf);
      const [first, ...others] = films;
      const worse = [
        {
          ...first!,
          boxes: [...first!.boxes, { class: 'opacity', score, overlaps: [] }].sort((a, b) => b.score - a.score),
        },
        ...others,
      ];
      const [before, after] = [films, worse].map((list) => ({
        ...averagePrecision(list, ['opacity']).of(once(list)),
        ...froc(list).of(once(list)),
      }));
      for (const [name, value] of Object.entries(before!)) {
        if (Number.isNaN(value)) continue;
        const now: number = after![name as keyof typeof after];
        if (now > value + 1e-12 || value < 0 || value > 1 + 1e-12) throw new Error(`${name}: ${value} became ${now}`);
      }
    }),
    { seed: 20_261_121, numRuns: 300 },
  );
  t.end();
});

t.test('what orders films alike has the same area under the curve', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.boolean()), {
        minLength: 2,
        maxLength: 40,
      }),
      (list) => {
        const cases = list.map(([score, positive], film) => ({ score: Math.fround(score), positive, film }));
        const mapped = cases.map((c) => ({ ...c, score: c.score / 8 + 0.5 }));
        if (!Object.is(rocAuc(cases)(once(cases)), rocAuc(mapped)(once(cases)))) throw new Error('differs');
      },
    ),
    { seed: 1, numRuns: 200 },
  );
  t.end();
});

t.test('the bootstrap draws patients with all of their films, the same for one seed', (t) => {
  const patients = [7, 7, 3, 9, 3, 7];
  const draws = drawPatients(patients, { resamples: 200, seed: 5 });
  t.strictSame(draws, drawPatients(patients, { resamples: 200, seed: 5 }));
  t.notSame(draws, drawPatients(patients, { resamples: 200, seed: 6 }));
  for (const [a, b, c, d, e, f] of draws.map((weights) => [...weights])) {
    if (a !== b || a !== f || c !== e || a! + c! + d! !== 3)
      t.fail(`films of one patient were torn apart: ${[a, b, c, d, e, f].join(' ')}`);
  }
  const times = draws.map(([first]) => first!);
  t.ok(times.includes(0) && times.some((n) => n > 1), 'with replacement');
  // numpy.percentile([1, 2, 3, 4], 25) = 1.75
  t.equal(percentile(Float64Array.of(1, 2, 3, 4), 0.25), 1.75);
  t.end();
});

t.test('an interval is as wide as theory has it', (t) => {
  // 400 films with one true box each, half of them found: the interval of a proportion, .5 ± 1.96 · √(.25 / 400) = ± .049.
  const films = Array.from({ length: 400 }, (_, patient) => film([left], [], { patient, filmScore: patient % 2 }));
  const { sensitivity } = withIntervals(
    filmFigures(films, 0.5),
    films.length,
    drawPatients(
      films.map(({ patient }) => patient),
      { resamples: 1000, seed: 1 },
    ),
  );
  t.equal(sensitivity.value, 0.5);
  t.ok(
    Math.abs(sensitivity.low! - 0.451) < 0.01 && Math.abs(sensitivity.high! - 0.549) < 0.01,
    `${sensitivity.low} to ${sensitivity.high}`,
  );
  t.end();
});
