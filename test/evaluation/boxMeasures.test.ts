import t from 'tap';
import { areaUnderEnvelope, mean101 } from '../../src/evaluation/measures/averagePrecision.js';
import { boxCounts } from '../../src/evaluation/measures/boxCounts.js';
import { froc } from '../../src/evaluation/measures/froc.js';
import { matchBoxes } from '../../src/evaluation/measures/matching.js';
import { rank } from '../../src/evaluation/measures/ranking.js';
import { rsna } from '../../src/evaluation/measures/rsna.js';
import { film, left, near, nowhere, once, type Place, right } from './films.js';

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

t.test('average precision of three boxes is as computed by hand', (t) => {
  // After .9: recall 1/2, precision 1; after .7: recall 1, precision 2/3.
  const ranking = rank(two, { kind: 'coco', limit: 0.4 }, 'opacity');
  // 51 points of recall 0 … .5 have 1, the 50 beyond have 2/3.
  near(t, mean101(ranking, once(two)), (51 + 50 * (2 / 3)) / 101, 'COCO');
  near(t, areaUnderEnvelope(ranking, once(two)), 0.5 * 1 + 0.5 * (2 / 3), 'VOC 2010');
  // The second film three times: 4 true boxes; recall 1/4 at precision 1, then 1 at 4/5.
  near(t, mean101(ranking, Float64Array.of(1, 3)), (26 + 75 * (4 / 5)) / 101, 'resampled');
  t.end();
});

t.test('a box whose best truth is taken gets its second choice from COCO, and is wrong for VOC', (t) => {
  // Both boxes lie best on the first truth; the second box covers the other truth by 50 · 100 of 100 · 100 + 75 · 100
  // − 50 · 100.
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

t.test('truncating an IoU never moves it across a limit of two decimals', (t) => {
  for (let percent = 5; percent <= 95; percent += 5) {
    const boxes = film([[0, 0, 100, 100]], [[0.9, [0, 0, percent, 100]]]);
    t.strictSame([...matchBoxes(boxes, { kind: 'coco', limit: percent / 100 })], [1], `${percent} %`);
  }
  t.end();
});

t.test('the RSNA metric averages TP / (TP + FP + FN) over eight limits and skips films without any box', (t) => {
  const films = [
    // IoU .62: a hit above .40, .45, .50, .55 and .60 of eight.
    film([[0, 0, 100, 100]], [[0.9, [0, 0, 62, 100]]]),
    // Nothing there, nothing reported (.1 is below the threshold): not scored.
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

t.test('boxes at the operating point are judged at three IoU limits', (t) => {
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
