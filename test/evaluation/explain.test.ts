import fc from 'fast-check';
import t from 'tap';
import { explain, faults, type FilmResult } from '../../src/evaluation/index.js';
import { faultCounts } from '../../src/evaluation/measures/faultCounts.js';
import {
  backgroundForgiven,
  edgesForgiven,
  missesForgiven,
  negativesForgiven,
  rankingForgiven,
  secondBoxesForgiven,
} from '../../src/evaluation/measures/forgive.js';
import { film, type Place, randomFilms, resultOf, results } from './films.js';

const lesion: Place = [0, 0, 100, 100];
/** IoU .6, .45 and .2 with the lesion. */
const good: Place = [0, 0, 60, 100];
const loose: Place = [0, 0, 45, 100];
const poor: Place = [0, 0, 20, 100];
const nowhere: Place = [500, 500, 50, 50];
const places = ({ boxes }: FilmResult) => boxes.map(({ score, overlaps }) => [score, overlaps[0]?.iou ?? 0]);
const options = { resamples: 20, seed: 1 };

t.test('each kind of fault is forgiven alone', (t) => {
  const all = film(
    [lesion, [300, 300, 10, 10]],
    [
      [0.9, loose],
      [0.8, nowhere],
      [0.7, good],
      [0.6, poor],
      [0.5, lesion],
    ],
  );
  const given = [
    [0.9, 0.45],
    [0.8, 0],
    [0.7, 0.6],
    [0.6, 0.2],
    [0.5, 1],
  ];
  t.strictSame(places(all), given);
  t.strictSame(
    places(edgesForgiven(all)),
    [[0.9, 1], ...given.slice(1)],
    'the first box near the lesion moves onto it',
  );
  t.strictSame(
    places(rankingForgiven(all)),
    [
      [0.9, 1],
      [0.8, 0],
      [0.7, 0.6],
      [0.6, 0.2],
      [0.5, 0.45],
    ],
    'the best-placed box swaps its score with the first',
  );
  // At .4 the loose box finds the lesion, so the good and the exact one are second; at .5 the good one does.
  t.strictSame(places(secondBoxesForgiven(all, 0.4)), [given[0], given[1], given[3]]);
  t.strictSame(places(secondBoxesForgiven(all, 0.5)), given.slice(0, 4));
  t.strictSame(places(backgroundForgiven(all)), [given[0], ...given.slice(2)]);
  const missed = missesForgiven(all);
  t.strictSame(missed.truths, ['opacity'], 'no box is near the small lesion');
  t.strictSame(places(missed), given);
  t.strictSame(negativesForgiven(all), all);
  const negative = film([], [[0.9, nowhere]]);
  t.strictSame(negativesForgiven(negative).boxes, []);
  t.strictSame(backgroundForgiven(negative), negative, 'a film without a lesion is forgiven as such only');
  t.end();
});

t.test('lesions keep their boxes if an earlier lesion is left out', (t) => {
  const second = film([nowhere, lesion], [[0.9, good]]);
  t.strictSame(second.boxes[0]?.overlaps, [{ truth: 1, iou: 0.6 }]);
  t.strictSame(missesForgiven(second).boxes[0]?.overlaps, [{ truth: 0, iou: 0.6 }]);
  t.end();
});

t.test('what is forgiven shows in the average precision, checked by hand', (t) => {
  // One lesion, found at IoU ≥ .5 by the second box after one of IoU .45; a false box on a film without a lesion is
  // first.
  const films = [
    film(
      [lesion],
      [
        [0.8, loose],
        [0.7, good],
      ],
    ),
    film([], [[0.9, nowhere]], { patient: 1 }),
  ];
  const [all] = explain(results(films), options).groups;
  // AP of one lesion is the precision where it is found.
  t.equal(all?.ap50.measured, 0.333333, 'the third box of three');
  t.strictSame(all?.ap50.forgiven, {
    placement: 0.5,
    edges: 0.5,
    ranking: 0.5,
    secondBoxes: 0.333333,
    background: 0.333333,
    negativeFilms: 0.5,
    misses: 0.333333,
  });
  t.equal(all?.ap40.measured, 0.5, 'at .4 the first box on the lesion counts');
  t.equal(all?.ap50.gain.ranking.value, 0.166667);
  t.end();
});

t.test('boxes and lesions are counted by their fault', (t) => {
  const films = [
    film(
      [lesion, [300, 300, 10, 10], [700, 700, 100, 100], [900, 0, 100, 100]],
      [
        [0.9, good],
        [0.8, lesion],
        [0.7, poor],
        [0.6, nowhere],
        [0.55, [700, 700, 30, 100]],
        [0.2, [900, 0, 100, 100]],
      ],
    ),
    film([], [[0.9, nowhere]]),
  ];
  t.strictSame(faultCounts(films, 0.5, 0.5), {
    boxes: { right: 1, second: 1, edges: 2, background: 1, negativeFilm: 1 },
    lesions: { found: 1, scoredTooLow: 1, edges: 1, missed: 1 },
  });
  t.end();
});

t.test(
  'forgiving background, films, misses or placement never costs, and every box and lesion is counted once',
  (t) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.boolean(), (seed, ties) => {
        const classes = ['opacity', 'nodule'];
        const films = randomFilms(seed, 12, { classes, ties }).map(resultOf);
        const { groups } = explain(results(films, { lesions: classes }), { resamples: 0, seed });
        for (const at of [groups[0]!.ap40, groups[0]!.ap50]) {
          for (const fault of ['placement', 'secondBoxes', 'background', 'negativeFilms', 'misses'] as const) {
            const gain = at.gain[fault].value;
            t.ok(gain === null || gain >= -1e-6, `${fault} ${gain}`);
          }
          for (const fault of faults) t.ok((at.forgiven[fault] ?? 1) <= 1);
          const sum = (counts: Readonly<Record<string, number>>) =>
            Object.values(counts).reduce((total, n) => total + n, 0);
          const boxes = films.flatMap((each) => each.boxes.filter(({ score }) => score >= 0.5)).length;
          t.equal(sum(at.boxes), boxes);
          t.equal(sum(at.lesions), groups[0]!.truths);
        }
      }),
      { seed: 20_261_201, numRuns: 60 },
    );
    t.end();
  },
);

t.test('a perfect network has nothing to be forgiven', (t) => {
  const films = [film([lesion], [[0.9, lesion]]), film([], [], { patient: 1 })];
  const [all] = explain(results(films), options).groups;
  t.equal(all?.ap50.measured, 1);
  for (const fault of faults) t.equal(all?.ap50.gain[fault].value, 0, fault);
  t.end();
});
