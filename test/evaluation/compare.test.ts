import t from 'tap';
import { compare, type FilmResult } from '../../src/evaluation/index.js';
import { pairFilms } from '../../src/evaluation/measures/pairFilms.js';
import { film, type Place, randomFilms, resultOf, results } from './films.js';

const lesion: Place = [0, 0, 100, 100];
const nowhere: Place = [500, 500, 50, 50];
const options = { resamples: 200, seed: 7, sharedOnly: false };

const named = (films: readonly FilmResult[]): FilmResult[] =>
  films.map((each, patient) => ({ ...each, sha256: `film ${patient}`, patient }));

t.test('two networks differ by what each of them finds on the same films', (t) => {
  // A finds the first lesion only, B both; B has a false box at .1, below all others.
  const a = named([film([lesion], [[0.9, lesion]]), film([lesion], []), film([], [[0.3, nowhere]])]);
  const b = named([film([lesion], [[0.8, lesion]]), film([lesion], [[0.7, lesion]]), film([], [[0.1, nowhere]])]);
  const { groups } = compare(results(a), results(b.toReversed()), options);
  t.equal(groups.length, 1);
  // COCO's 101 points of recall: 51 of them are reached by one lesion of two.
  t.match(groups[0], { films: 3, patients: 3, positives: 2, a: { ap40: 0.50495, at8: 0.5 }, b: { ap40: 1, at8: 1 } });
  t.match(groups[0]?.difference, { ap40: { value: 0.49505 }, ap50: { value: 0.49505 }, at8: { value: 0.5, n: 2 } });
  // Of two pairs A ranks one right: the film without any box scores 0, below .3.
  t.match(groups[0], { a: { auc: 0.5 }, b: { auc: 1 }, difference: { auc: { value: 0.5, n: 3 } } });
  t.end();
});

t.test('a network does not differ from itself, in any resample', (t) => {
  const drawn = named(randomFilms(3, 40, { classes: ['opacity'], ties: false }).map(resultOf));
  const [all] = compare(results(drawn), results(drawn), options).groups;
  for (const figure of Object.values(all?.difference ?? {})) t.match(figure, { value: 0, low: 0, high: 0 });
  t.end();
});

t.test('the interval of a paired difference is narrower than that of one network alone', (t) => {
  // Films of one patient either have two easy lesions or none that anybody finds; B finds a little more on each.
  const a = named(Array.from({ length: 60 }, (_, i) => film([lesion], i % 2 === 0 ? [[0.5, lesion]] : [])));
  const b = named(Array.from({ length: 60 }, (_, i) => film([lesion], i % 2 === 0 || i === 1 ? [[0.5, lesion]] : [])));
  const [all] = compare(results(a), results(b), options).groups;
  const { value, low, high } = all?.difference.at1 ?? { value: 0, low: 0, high: 1 };
  t.equal(value, 0.016667, 'one of sixty');
  // Sensitivity alone has a half-width of 1.96 · √(.5 · .5 / 60) = .127.
  t.ok((high ?? 1) - (low ?? 0) < 0.07, `${low} to ${high}`);
  t.end();
});

t.test('films that only one result has are refused, with their number and set', (t) => {
  const a = named([film([lesion], []), film([], [])]);
  const b = [
    ...named([film([lesion], [])]),
    { ...film([], []), sha256: 'other', set: 'second' },
    { ...film([], []), sha256: 'third', set: 'second' },
  ];
  t.throws(() => compare(results(a), results(b), options), {
    name: 'ComparisonError',
    message: 'only A has one film (1 of drawn), such as film 1; only B has 2 films (2 of second), such as other',
  });
  const { leftOut, groups } = compare(results(a), results(b), { ...options, sharedOnly: true });
  t.strictSame(leftOut, { a: 1, b: 2 });
  t.equal(groups[0]?.films, 1);
  t.throws(() => compare(results(a.slice(1)), results(b), { ...options, sharedOnly: true }), {
    message: 'A and B have no film in common',
  });
  t.end();
});

t.test('results that do not measure the same thing are refused', (t) => {
  const a = named([film([lesion], [])]);
  const refused = (films: readonly FilmResult[], message: RegExp, model = {}) =>
    t.throws(() => compare(results(a), results(films, model), options), { name: 'ComparisonError', message });
  refused(named([film([lesion, nowhere], [])]), /one film, such as film 0, has other true boxes in B than in A/);
  refused([{ ...film([lesion], []), sha256: '' }], /B has one film without a hash/);
  refused(a, /A looks for opacity, B for nodule, opacity/, { lesions: ['opacity', 'nodule'] });
  t.end();
});

t.test('a file that occurs twice is paired in order', (t) => {
  const twice = (score: number) => [film([lesion], [[score, lesion]]), film([lesion], [[score / 2, lesion]])];
  const { pairs } = pairFilms(results(twice(0.8)), results(twice(0.6)), { sharedOnly: false });
  t.strictSame(
    pairs.map(({ a, b }) => [a.filmScore, b.filmScore]),
    [
      [0.8, 0.6],
      [0.4, 0.3],
    ],
  );
  t.end();
});
