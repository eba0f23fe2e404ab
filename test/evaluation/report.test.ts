import t from 'tap';
import {
  cardFigures,
  evaluate,
  figuresOnCard,
  parseResults,
  resultsCsv,
  withCardFigures,
  worstFilms,
} from '../../src/evaluation/index.js';
import { film, four, left, randomFilms, resultOf, results } from './films.js';

const few = { resamples: 50, seed: 1 };

t.test('every figure of a report can be computed from its results file', (t) => {
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
    'a source follows its set',
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

t.test('a film that was not analysed counts as a film without any box, and the report says so', (t) => {
  const failed = film([left], [], { state: 'broken-image', patient: 1 });
  const report = evaluate(results([film([left], [[0.9, left]]), failed, film([], [], { patient: 2 })]), few);
  const [all] = report.groups;
  t.strictSame(all?.counts.notAnalysed, { 'broken-image': 1 });
  t.equal(all?.films.figures.sensitivity.value, 0.5);
  t.equal(all?.boxes.operatingPoint.recall40.value, 0.5);
  t.match(cardFigures(report), /1 of the films were not analysed/);
  t.end();
});

t.test('films with the worst misses and false positives come first', (t) => {
  // Film 0 misses its second box at .5, with a film score of .9; film 4 misses its only one at .1: that is worse.
  // Film 2 boxes nothing at .8.
  const films = [...four, film([left], [[0.1, left]])];
  t.strictSame(worstFilms(films, 0.5), { misses: [4, 0], falsePositives: [2, 0] });
  t.end();
});

t.test('a classification report gives the same intervals as the matching film figures', (t) => {
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

t.test('figures are written between the two marks of a card', (t) => {
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
