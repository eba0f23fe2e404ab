import fc from 'fast-check';
import t from 'tap';
import type { FilmResult } from '../../src/evaluation/index.js';
import type { Measure } from '../../src/evaluation/measures/measure.js';
import { appearance } from '../../src/evaluation/measures/appearance.js';
import { averagePrecision } from '../../src/evaluation/measures/averagePrecision.js';
import { drawPatients, withIntervals } from '../../src/evaluation/measures/bootstrap.js';
import { boxCounts } from '../../src/evaluation/measures/boxCounts.js';
import { calibration } from '../../src/evaluation/measures/calibration.js';
import { filmFigures } from '../../src/evaluation/measures/filmFigures.js';
import { froc } from '../../src/evaluation/measures/froc.js';
import { rocAuc } from '../../src/evaluation/measures/roc.js';
import { rsna } from '../../src/evaluation/measures/rsna.js';
import { seededRandom } from '../../src/random.js';
import { film, left, near, nowhere, once, randomFilms, resultOf, right } from './films.js';

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

t.test('an undefined figure is null, not zero', (t) => {
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
    'films of one patient say nothing about other patients',
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

/** Every measure, for properties that all must have. */

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

t.test('a film with weight k counts as k films', (t) => {
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
        // The appearance that readers gave a film must stay with it.
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

t.test('scores that rank films the same have the same area under the curve', (t) => {
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
