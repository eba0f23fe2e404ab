import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { calibrate, logit, type ModelSpec } from '../../src/detector/index.js';
import {
  type BoxResult,
  CalibrationError,
  cardFigures,
  evaluate,
  evaluationPage,
  figuresOnCard,
  type FilmResult,
  fitCalibration,
  operatingPoint,
  OperatingPointError,
  parseResults,
  recommend,
  resultsCsv,
  shortestBetween,
  withCardFigures,
  worstFilms,
} from '../../src/evaluation/index.js';
import { logisticRegression } from '../../src/evaluation/fit/logisticRegression.js';
import { film, type Place, randomFilms, resultOf, results } from './films.js';

const left: Place = [0, 0, 100, 100];
const right: Place = [200, 0, 100, 100];
const nowhere: Place = [500, 500, 50, 50];
const few = { resamples: 50, seed: 1 };

const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\r\n]/.test(text));
const score = fc.integer({ min: 0, max: 1e6 }).map((n) => n / 1e6);
const classes = ['opacity', 'a: b;c d', 'Knoten, 50 %'] as const;
const box = (truths: readonly string[]): fc.Arbitrary<BoxResult> =>
  fc
    .record({
      class: fc.constantFrom(...classes),
      score,
      overlaps: fc.uniqueArray(
        fc.record({
          truth: fc.integer({ min: 0, max: Math.max(0, truths.length - 1) }),
          iou: fc.integer({ min: 500, max: 1e4 }).map((n) => n / 1e4),
        }),
        {
          selector: ({ truth }) => truth,
          maxLength: truths.length,
        },
      ),
    })
    .map((each) => ({ ...each, overlaps: each.overlaps.filter(({ truth }) => truths[truth] === each.class) }));
const filmResult: fc.Arbitrary<FilmResult> = fc.array(fc.constantFrom(...classes), { maxLength: 4 }).chain((truths) =>
  fc
    .record({
      sha256: fc.constantFrom('', 'f'.repeat(64)),
      set: word,
      source: word,
      patient: fc.nat(),
      state: fc.constantFrom('analysed', 'broken-image'),
      appearance: fc.constantFrom(
        null,
        'negative' as const,
        'typical' as const,
        'indeterminate' as const,
        'atypical' as const,
      ),
      truths: fc.constant(truths),
      filmScore: score,
      attributes: fc.constantFrom(null, { typical: 0.71, indeterminate: 1e-6, 'odd; name': 0 }),
      boxes: fc.array(box(truths), { maxLength: 5 }).map((boxes) => boxes.sort((a, b) => b.score - a.score)),
    })
    .map((film) => ({ ...film, filmScore: Math.max(film.filmScore, film.boxes[0]?.score ?? 0) })),
);

t.test('results come back from their file as they were, whatever things are called', (t) => {
  fc.assert(
    fc.property(
      fc.array(filmResult, { minLength: 1, maxLength: 6 }),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      (films, others) => {
        const given = results(films, { lesions: [...classes, ...others], attributes: others });
        const back = parseResults(resultsCsv(given));
        if (JSON.stringify(back) !== JSON.stringify(given)) throw new Error(resultsCsv(given));
      },
    ),
    { seed: 20_261_121, numRuns: 500 },
  );
  t.end();
});

t.test('the results of every model are written as they were read, to the byte', async (t) => {
  for (const model of await readdir('models')) {
    const text = await readFile(join('models', model, 'results.csv'), 'utf8');
    t.ok(resultsCsv(parseResults(text)) === text, model);
  }
});

t.test('a results file that was damaged is refused, with the line', (t) => {
  const good = resultsCsv(results([film([left], [[0.9, left]]), film([], [])]));
  const lines = good.trimEnd().split('\n');
  const head = lines.length - 2;
  const with_ = (line: number, text: string) => lines.map((each, i) => (i === line ? text : each)).join('\n');
  t.throws(() => parseResults(lines.slice(0, -1).join('\n')), {
    message: 'has 1 films but should have 2: it was cut short or merged',
  });
  t.throws(() => parseResults('image,score\n'), { message: /it is not a results.csv/ });
  t.throws(() => parseResults(good.replace('# threshold: 0.5\n', '')), { message: 'the head lacks "# threshold:"' });
  t.throws(() => parseResults(good.replace('# threshold: 0.5', '# threshold: half')), {
    message: '"# threshold:" "half" is not a number',
  });
  t.throws(() => parseResults(good.replace('# results: 1', '# results: 2')), { message: /version 2/ });
  t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('0:1', '7:1'))), {
    message: `line ${head + 1}: a box overlaps true box 7, but the film has 1`,
  });
  t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('opacity:1', 'opacity:one'))), {
    message: `line ${head + 1}: "one" is not a number`,
  });
  t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('opacity:1', '%zz:1'))), {
    message: `line ${head + 1}: "%zz" is not a percent-encoded name`,
  });
  for (const count of ['5000000000', '2.5', '-1', '0']) {
    t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('opacity:1', `opacity:${count}`))), {
      message: `line ${head + 1}: "opacity:${count}" is not a count of true boxes`,
    });
  }
  t.throws(() => parseResults(with_(head + 1, `"${'a'.repeat(9)}`)), {
    message: `line ${head + 2}: a quote that is opened here is never closed`,
  });
  t.throws(() => parseResults(with_(head, 'a,b')), { message: `line ${head + 1}: has 2 cells instead of 10` });
  const row = lines[head] ?? '';
  for (const [from, to, message] of [
    ['opacity 0.9', 'opacity 1.9', '"1.9" is not a number from 0 to 1'],
    ['opacity 0.9', 'opacity -0.9', '"-0.9" is not a number from 0 to 1'],
    ['opacity 0.9', 'opacity 0x1', 'the film score is 0.9, but its best box scores 1'],
    ['0:1', '0:1.2', '"1.2" is not a number from 0 to 1'],
    ['0:1', '0:1 0:0.5', 'a box overlaps one true box twice'],
    [',0.9,', ', ,', '"" is not a number'],
    ['drawn,0,', 'drawn,0.5,', '"0.5" is not a patient number'],
    ['opacity:1', 'nodule:1', '"nodule" is not one of the lesions in the head: opacity'],
    ['opacity 0.9', 'nodule 0.9', '"nodule" is not one of the lesions in the head: opacity'],
  ] as const) {
    t.ok(row.includes(from), from);
    t.throws(
      () => parseResults(with_(head, row.replace(from, to))),
      { message: `line ${head + 1}: ${message}` },
      `${from} → ${to}`,
    );
  }
  const two = resultsCsv(
    results([film([left, right], [[0.9, left]], { truths: ['opacity', 'nodule'] })], {
      lesions: ['opacity', 'nodule'],
    }),
  );
  t.throws(() => parseResults(two.replace('0:1', '1:1')), {
    message: /a box of "opacity" overlaps true box 1 of another class, "nodule"/,
  });
  t.throws(() => parseResults(good.replace('# threshold: 0.5', '# threshold: 5')), {
    message: '"# threshold:" "5" is not a number from 0 to 1',
  });
  const swapped = resultsCsv(
    results([{ ...film([left], []), boxes: [0.1, 0.2].map((score) => ({ class: 'opacity', score, overlaps: [] })) }]),
  );
  t.throws(() => parseResults(swapped), { message: /boxes must be in order of score/ });
  t.end();
});

t.test('every figure of a report comes out of its results file again', (t) => {
  const films = randomFilms(11, 40, { classes: ['opacity'], ties: false }).map((drawn, i) => ({
    ...resultOf(drawn, Math.floor(i / 2)),
    set: i < 25 ? 'first' : 'second',
    source: i % 3 === 0 ? 'here' : 'there',
    appearance: (['negative', 'typical', 'indeterminate', 'atypical'] as const)[i % 4] ?? null,
    attributes: { typical: (i % 7) / 7, indeterminate: 0.25, atypical: (i % 5) / 9 },
  }));
  const given = results(films, { attributes: ['typical', 'indeterminate', 'atypical'] });
  const csv = resultsCsv(given);
  // 1/7 is not written in full: figures are those of what was written.
  const report = evaluate(parseResults(csv), few);
  t.strictSame(evaluate(parseResults(resultsCsv(parseResults(csv))), few), report);
  t.strictSame(
    report.groups.map(({ kind, name, counts }) => [kind, name, counts.films]),
    [
      ['all', 'all', 40],
      ['source', 'here', 14],
      ['source', 'there', 26],
      ['set', 'first', 25],
      ['set', 'second', 15],
    ],
  );
  const within = films.map((each, i) => ({ ...each, source: i < 25 ? each.source : 'elsewhere' }));
  t.strictSame(
    evaluate(results(within), few).groups.map(({ name }) => name),
    ['all', 'first', 'here', 'there', 'second'],
    'a source stands below its set',
  );
  const [all] = report.groups;
  t.equal(all?.counts.patients, 20);
  t.equal((all?.counts.positives ?? 0) + (all?.counts.negatives ?? 0), 40);
  t.equal(all?.appearance?.figures.typicalAuc.n, 40);
  for (const { value, low, high } of Object.values(all?.boxes.averagePrecision ?? {})) {
    t.ok(
      value !== null && low !== null && high !== null && low <= value && value <= high,
      `${low} ≤ ${value} ≤ ${high}`,
    );
  }
  t.strictSame(
    evaluate(parseResults(csv), { resamples: 50, seed: 2 }).groups[0]?.boxes.averagePrecision.ap40.value,
    all?.boxes.averagePrecision.ap40.value,
    'another seed moves intervals only',
  );
  t.end();
});

t.test('a film that was not analysed counts as one on which nothing was found, and is counted', (t) => {
  const failed = film([left], [], { state: 'broken-image', patient: 1 });
  const report = evaluate(results([film([left], [[0.9, left]]), failed, film([], [], { patient: 2 })]), few);
  const [all] = report.groups;
  t.strictSame(all?.counts.notAnalysed, { 'broken-image': 1 });
  t.equal(all?.films.figures.sensitivity.value, 0.5);
  t.equal(all?.boxes.operatingPoint.recall40.value, 0.5);
  t.match(cardFigures(report), /1 of the films were not analysed/);
  t.end();
});

t.test('weights of greatest likelihood', (t) => {
  // Two kinds of cases and two weights meet their mean targets exactly: .3 where the feature is 0, .8 where it is 1.
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

t.test('the map that made the cases is found again', (t) => {
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

/** Scores of boxes: right .9 .7 .3, wrong .8 .6 .4 .2; of films: with .9 .7, without .8 .2. */
const four = [
  film(
    [left, right],
    [
      [0.9, left],
      [0.6, nowhere],
      [0.3, right],
    ],
  ),
  film([left], [[0.7, left]]),
  film(
    [],
    [
      [0.8, nowhere],
      [0.4, left],
    ],
  ),
  film([], [[0.2, nowhere]]),
];

t.test('an operating point keeps what it was asked to', (t) => {
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

t.test('a recommended threshold reports what it says, for whatever films', (t) => {
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

t.test('a calibration takes the operating point along and says what it was fitted on', (t) => {
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
    /^fitted on 60 films of drawn \(val\), \d+ of them with a true box \(prevalence 0\.\d\d\): chance that a box meets a true one at IoU \.4 or more$/,
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

t.test('no threshold is recommended at which boxes are not kept', (t) => {
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

t.test('the worst misses and false positives are the ones that a reader should see', (t) => {
  // Film 0 misses its second box at .5, with a film score of .9; film 4 misses its only one at .1: that is worse. Film 2 boxes nothing at .8.
  const films = [...four, film([left], [[0.1, left]])];
  t.strictSame(worstFilms(films, 0.5), { misses: [4, 0], falsePositives: [2, 0] });
  t.end();
});

t.test('the lines of a classification report have intervals, those of the figures that say the same', (t) => {
  const drawn = randomFilms(7, 120, { classes: ['opacity'], ties: false }).map((each, patient) => ({
    ...resultOf(each, patient),
    patient,
  }));
  const { films } = evaluate(results(drawn), { resamples: 100, seed: 1 }).groups[0]!;
  const { figures, classification } = films;
  const without = ({ value, low, high }: { value: number | null; low: number | null; high: number | null }) => ({
    value,
    low,
    high,
  });
  t.strictSame(without(classification.classes['with']!.recall), without(figures.sensitivity));
  t.strictSame(without(classification.classes['without']!.recall), without(figures.specificity));
  t.strictSame(without(classification.classes['with']!.precision), without(figures.positivePredictiveValue));
  t.strictSame(without(classification.accuracy), without(figures.accuracy));
  const { value, low, high } = classification.macroAverage.f1;
  t.ok(low! < value! && value! < high!, 'an interval around the value');
  t.equal(classification.weightedAverage.support, 120);
  t.end();
});

t.test('a card takes its figures between two marks', (t) => {
  const report = evaluate(results(four.map((each, patient) => ({ ...each, patient }))), few);
  const figures = cardFigures(report);
  const card = withCardFigures('# Card\n\n<!-- figures -->\nold\n<!-- /figures -->\n\nMore.\n', figures);
  t.equal(figuresOnCard(card), figures);
  t.equal(withCardFigures(card, figures), card);
  t.match(card, /^# Card\n\n<!-- figures -->\n[^]*\n<!-- \/figures -->\n\nMore\.\n$/);
  t.match(figures, /\| all \| 2 \/ 2 \|/);
  t.match(figures, /\| truth: without \| 1 \| 1 \|\n\| truth: with \| 0 \| 2 \|/, 'at .5');
  const odd = cardFigures(
    evaluate(results(four.map((each, patient) => ({ ...each, patient, source: patient < 2 ? 'a|b' : 'c' }))), few),
  );
  t.match(odd, /\| of which `a\\\|b` \| 2 \/ 0 \|/, 'a name does not begin another cell');
  t.throws(() => withCardFigures('# Card', figures), { message: /no place for figures/ });
  t.end();
});

t.test('the page needs nothing else, and shows names as text', (t) => {
  const named = results(
    four.map((each, patient) => ({ ...each, patient, source: patient < 2 ? '<script>alert(1)</script>' : 'b' })),
  );
  const training = {
    columns: ['epoch', 'images', 'seconds', 'box', 'ap40', 'ap40_a-set', 'auc_attribute0'],
    rows: [
      { epoch: 1, images: 1000, seconds: 3, box: 5, ap40: NaN },
      { epoch: 2, images: 2000, seconds: 6, box: 3, ap40: 0.4, 'ap40_a-set': 0.5, auc_attribute0: 0.8 },
    ],
  };
  const page = evaluationPage(evaluate(named, few), named, { training, pictures: null });
  t.notMatch(page, /<script/);
  t.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  t.notMatch(page, /(?:src|href)="(?!data:)/, 'no other file');
  t.notMatch(page, /NaN|undefined|Infinity/);
  for (const title of [
    'Precision and recall of boxes at IoU 0.4',
    'FROC',
    'ROC of films',
    'Reliability of box scores',
    'Film scores',
    'Box scores',
    'Parts of the loss',
    'AP at IoU .4, on validation films',
    'a-set',
    'AUC of the first attribute, on',
  ]) {
    t.ok(page.includes(title), title);
  }
  t.notMatch(page, /Worst/, 'no films');
  t.end();
});
