import fc from 'fast-check';
import t from 'tap';
import { calibrate, logit, type ModelSpec } from '../../src/detector/index.js';
import { logisticRegression } from '../../src/evaluation/fit/logisticRegression.js';
import {
  CalibrationError,
  fitCalibration,
  operatingPoint,
  OperatingPointError,
  recommend,
  shortestBetween,
} from '../../src/evaluation/index.js';
import { film, four, left, randomFilms, resultOf, results } from './films.js';

t.test('logistic regression finds the maximum likelihood weights', (t) => {
  // With two kinds of cases, two weights fit the mean targets exactly: .3 if the feature is 0, .8 if it is 1.
  const cases = [0, 1].flatMap((feature) =>
    Array.from({ length: 10 }, (_, i) => ({ features: [feature, 1], target: Number(i < (feature === 0 ? 3 : 8)) })),
  );
  const [slope = NaN, intercept = NaN] = logisticRegression(cases, [0, 0]);
  t.ok(Math.abs(intercept - logit(0.3)) < 1e-6, `intercept ${intercept}`);
  t.ok(Math.abs(slope - (logit(0.8) - logit(0.3))) < 1e-6, `slope ${slope}`);
  t.end();
});

/** `each` cases at each of 199 scores, as many of them right as the map says. */
function casesOf(
  calibration: ModelSpec['calibration'],
  each: number,
): { score: number; positive: boolean; film: number }[] {
  return Array.from({ length: 199 }, (_, step) => (step + 1) / 200).flatMap((score) =>
    Array.from({ length: each }, (_, i) => ({
      score,
      positive: i < Math.round(each * calibrate(score, calibration)),
      film: i,
    })),
  );
}

t.test('a calibration map is recovered from cases drawn from it', (t) => {
  const beta = { kind: 'beta' as const, a: 0.4, b: 1.6, c: 0.3 };
  const found = fitCalibration(casesOf(beta, 2000));
  t.ok(
    found.kind === 'beta' && (['a', 'b', 'c'] as const).every((key) => Math.abs(found[key] - beta[key]) < 0.01),
    JSON.stringify(found),
  );
  const platt = fitCalibration(casesOf({ kind: 'platt', slope: 0.8, intercept: -0.5 }, 2000));
  t.ok(
    platt.kind === 'beta' && Math.abs(platt.a - 0.8) < 0.01 && Math.abs(platt.b - 0.8) < 0.01,
    "Platt's is the beta map with equal ends",
  );
  t.end();
});

t.test("if the best beta map falls anywhere, Platt's is fitted; cases that contradict the scores get none", (t) => {
  // More right at .1 than at .3, and most at .9: the best beta map falls at first.
  const shares = [0.1, 0.3, 0.5, 0.7, 0.9].map((score, i) => ({ score, share: [0.5, 0.2, 0.3, 0.5, 0.9][i]! }));
  const cases = shares.flatMap(({ score, share }) =>
    Array.from({ length: 50 }, (_, i) => ({ score, positive: i < 50 * share, film: i })),
  );
  t.equal(fitCalibration(cases).kind, 'platt');
  t.throws(() => fitCalibration(cases.map((each) => ({ ...each, positive: true }))), CalibrationError);
  t.throws(() => fitCalibration(cases.map((each) => ({ ...each, positive: !each.positive }))), {
    message: /higher scores are right less often/,
  });
  t.end();
});

t.test('an operating point achieves its goal', (t) => {
  // One false box on four films: down to .7; .6 would be the second. The shortest number in (.6, .7].
  t.strictSame(operatingPoint(four, { kind: 'false-positives-per-film', atMost: 0.25 }), {
    threshold: 0.7,
    falsePositivesPerFilm: 0.25,
    boxSensitivity: 2 / 3,
    filmSensitivity: 1,
    filmSpecificity: 0.5,
  });
  t.match(operatingPoint(four, { kind: 'false-positives-per-film', atMost: 0.2 }), {
    threshold: 0.9,
    falsePositivesPerFilm: 0,
    boxSensitivity: 1 / 3,
  });
  t.match(operatingPoint(four, { kind: 'film-sensitivity', atLeast: 0.5 }), {
    threshold: 0.9,
    filmSensitivity: 0.5,
    filmSpecificity: 1,
  });
  t.match(operatingPoint(four, { kind: 'film-sensitivity', atLeast: 0.6 }), { threshold: 0.7, filmSensitivity: 1 });
  // 1/2 + 1 at .9; 1 + 1/2 at .7: the first.
  t.match(operatingPoint(four, { kind: 'youden' }), { threshold: 0.9 });
  t.throws(() => operatingPoint([four[2]!], { kind: 'false-positives-per-film', atMost: 0.5 }), OperatingPointError);
  t.throws(() => operatingPoint([four[0]!], { kind: 'youden' }), OperatingPointError);
  const silent = [film([left], []), film([], [])];
  t.throws(() => operatingPoint(silent, { kind: 'youden' }), {
    name: 'OperatingPointError',
    message: /every film scores 0/,
  });
  t.throws(() => operatingPoint(silent, { kind: 'false-positives-per-film', atMost: 1 }), {
    name: 'OperatingPointError',
    message: /no box was found/,
  });
  t.equal(shortestBetween(0.3, 0.34), 0.34);
  t.equal(shortestBetween(0.29, 0.34), 0.3);
  t.equal(shortestBetween(0.123456, 0.123457), 0.123457);
  t.equal(shortestBetween(0, 0.000004), 0.000004);
  t.end();
});

t.test('an operating point allows no more false positives than asked, and any lower score would allow more', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.25, 0.5, 1, 2), (seed, atMost) => {
      const films = randomFilms(seed, 12, { classes: ['opacity'], ties: seed % 2 === 0 }).map(resultOf);
      let point;
      try {
        point = operatingPoint(films, { kind: 'false-positives-per-film', atMost });
      } catch (error) {
        if (error instanceof OperatingPointError) return;
        throw error;
      }
      if (point.falsePositivesPerFilm > atMost) throw new Error(`${point.falsePositivesPerFilm} at ${point.threshold}`);
      // Any lower level among the scores would allow too many.
      const next = Math.max(
        0,
        ...films.flatMap(({ boxes }) => boxes.map((each) => each.score)).filter((each) => each < point.threshold),
      );
      const below = films.flatMap((each) => each.boxes.filter((b) => b.score >= next)).length;
      const now = films.flatMap((each) => each.boxes.filter((b) => b.score >= point.threshold)).length;
      if (next > 0 && below === now) throw new Error('there was room');
    }),
    { seed: 5, numRuns: 200 },
  );
  t.end();
});

t.test('the operating point moves with a new calibration, which says what it was fitted on', (t) => {
  const films = randomFilms(21, 60, { classes: ['opacity'], ties: false }).map((drawn, i) => {
    const result = resultOf(drawn, i);
    // Better boxes get better scores, so that there is something to fit.
    const boxes = result.boxes
      .map((each) => ({
        ...each,
        score:
          Math.round(1e6 * Math.min(0.99, Math.max(0.01, 0.3 * each.score + 0.5 * (each.overlaps[0]?.iou ?? 0)))) / 1e6,
      }))
      .sort((a, b) => b.score - a.score);
    return { ...result, boxes, filmScore: boxes[0]?.score ?? 0 };
  });
  const spec = {
    calibration: null,
    threshold: { score: 0.3, source: 'by eye' },
    candidateFloor: { score: 0.05, maximum: 100 },
  };
  const { calibration, threshold, boxEce } = recommend(results(films), spec, { fitCalibration: true, goal: null });
  t.match(
    calibration?.source,
    new RegExp(
      String.raw`^fitted on 60 films of drawn \(val\), \d+ of them with a true box \(prevalence 0\.\d\d\): ` +
        String.raw`chance that a box meets a true one at IoU \.4 or more$`,
    ),
  );
  t.ok(boxEce.after < boxEce.before, `error ${boxEce.before} → ${boxEce.after}`);
  t.equal(threshold.source, 'by eye; 0.3 before calibration');
  for (const { boxes } of films) {
    for (const each of boxes)
      if (calibrate(each.score, calibration) >= threshold.score !== each.score >= 0.3)
        t.fail(`a box of ${each.score} changed sides`);
  }
  const unchanged = recommend(results(films), spec, { fitCalibration: false, goal: { kind: 'youden' } });
  t.equal(unchanged.calibration, null);
  const calibrated = films.map((each) => ({
    ...each,
    filmScore: calibrate(each.filmScore, calibration),
    boxes: each.boxes.map((one) => ({ ...one, score: Math.round(1e6 * calibrate(one.score, calibration)) / 1e6 })),
  }));
  const again = recommend(
    results(calibrated),
    { ...spec, calibration, threshold },
    { fitCalibration: true, goal: null },
  );
  const raws = [0.02, 0.1, 0.3, 0.6, 0.9];
  t.ok(
    raws.every((raw) => Math.abs(calibrate(raw, again.calibration) - calibrate(raw, calibration)) < 1e-3),
    'the same films ask for the same map, whatever the spec had before',
  );
  t.match(unchanged.threshold.source, /^highest film-level sensitivity \+ specificity on 60 films/);
  t.end();
});

t.test('no threshold is recommended below the scores that are kept', (t) => {
  // A film-level sensitivity of 1 takes .03; boxes are kept from .05 on.
  const films = [film([left], [[0.6, left]]), film([left], [[0.03, left]]), film([], [[0.2, left]])];
  const spec = { calibration: null, threshold: { score: 0.3, source: 'by eye' } };
  const recommended = (score: number) =>
    recommend(
      results(films),
      { ...spec, candidateFloor: { score, maximum: 100 } },
      { fitCalibration: false, goal: { kind: 'film-sensitivity', atLeast: 1 } },
    );
  t.throws(() => recommended(0.05), {
    name: 'OperatingPointError',
    message: /a threshold of 0\.03, but no box below 0\.05 is kept/,
  });
  t.equal(recommended(0.01).threshold.score, 0.03);
  t.end();
});
