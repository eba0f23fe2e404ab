import fc from 'fast-check';
import t from 'tap';
import type { FilmBox, FilmReport } from '../../src/viewer/api/answers.js';
import { hitBoxes, outlineDistance } from '../../src/viewer/film/boxes/hit.js';
import { overlaps, placeLabels } from '../../src/viewer/film/boxes/labels.js';
import { boxLook, casing, outerRect, strokedRect } from '../../src/viewer/film/boxes/look.js';
import { shownBoxes, viewChips } from '../../src/viewer/film/boxes/shown.js';
import { wherePictured } from '../../src/viewer/film/boxes/where.js';
import { readVerdict } from '../../src/viewer/report/verdict.js';
import { scoreBeside, scoreText, stateWords } from '../../src/viewer/report/stateWords.js';

/** Which boxes are drawn and how, where their labels go, and what is said of it all. */

const box = (rank: number, score: number, name = 'opacity'): FilmBox => ({
  id: `film-${rank}`,
  class: name,
  score,
  scores: { [name]: score },
  attributes: {},
  box: { x: 10 * rank, y: 20, width: 30, height: 40 },
});
const candidates = [box(1, 0.8), box(2, 0.4, 'nodule'), box(3, 0.2), box(4, 0.07)];
const all = { minScore: 0.31, classesOff: new Set<string>(), hidden: false };

const common = {
  schemaVersion: 1,
  id: '0198f0c2-7d1a-7c3e-8a55-2f6b1c9d4e10',
  createdAt: '2026-01-31T10:00:00.123Z',
  lookedFor: ['opacity'],
  notice: 'Research use only.',
  model: { name: 'm', version: '1.0.0', specSha256: '', onnxSha256: '' },
  provider: 'cpu',
  submitter: 'ris',
  externalId: undefined,
  timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
} as const;
const image = {
  sha256: '',
  width: 100,
  height: 100,
  format: 'png',
  bits: 8,
  preparation: { window: null, inverted: false, orientation: 1 },
};
const view = (
  state: 'findings' | 'below-threshold',
  detections: readonly FilmBox[],
  loggedState: FilmReport['state'],
  threshold = 0.31,
): FilmReport => ({
  ...common,
  state,
  image,
  threshold: 0,
  filmScore: 0.8,
  attributes: null,
  detections,
  asLogged: { state: loggedState, threshold, candidateFloor: 0.05 },
});

t.test('the logged state and threshold are shown, whatever the view is made at', (t) => {
  const film = readVerdict(view('findings', candidates, 'findings'));
  t.match(film, { state: 'findings', threshold: 0.31, floor: 0.05, reported: 2 });
  t.match(
    readVerdict(view('findings', candidates.slice(2), 'below-threshold')),
    { state: 'below-threshold', reported: 0 },
    'candidates alone are no findings',
  );
  t.end();
});

t.test('an answer that contradicts itself is not analysed, never clear', (t) => {
  t.match(
    readVerdict(view('findings', candidates.slice(2), 'findings')),
    { state: 'not-analysed', code: 'unreadable-answer' },
    'findings without a box',
  );
  t.match(
    readVerdict(view('findings', candidates, 'below-threshold')),
    { state: 'not-analysed' },
    'a reported box on a film without findings',
  );
  t.match(
    readVerdict(view('below-threshold', [], 'not-analysed')),
    { state: 'not-analysed' },
    'boxes were never looked for',
  );
  t.end();
});

t.test('the three states differ in every word that counts, and “normal” is only denied', (t) => {
  const findings = stateWords(readVerdict(view('findings', candidates, 'findings')), ['opacity']);
  const below = stateWords(readVerdict(view('below-threshold', [], 'below-threshold')), ['opacity']);
  const none = stateWords({ state: 'not-analysed', code: 'deadline', detail: 'Not within 30000 ms.' }, ['opacity']);
  t.equal(findings.headline, 'FINDINGS: 2 boxes at or above 0.310');
  t.equal(below.headline, 'NO OPACITY at or above 0.310');
  t.match(below.detail, 'Other disease was not looked for');
  t.equal(none.headline, 'NOT ANALYSED: the detector took too long');
  t.notMatch(none.detail, /Not within/, 'the reason is said once, on the film');
  const said = [findings, below, none].map(({ headline, detail }) => /normal|clear/i.test(headline + detail));
  t.strictSame(said, [false, true, false]);
  t.equal(
    stateWords(readVerdict(view('below-threshold', [], 'below-threshold')), ['nodule', 'mass', 'effusion']).headline,
    'NO NODULE, MASS OR EFFUSION at or above 0.310',
  );
  t.notMatch(
    stateWords({ state: 'not-analysed', code: 'some-new-code', detail: '' }, []).headline,
    /\d/,
    'an unknown reason is said as it is, without a number',
  );
  t.end();
});

t.test('scores have three digits, and none is rounded to the other side of its threshold', (t) => {
  t.strictSame([0.31, 0.2, 1, 0.5607, 0.1084].map(scoreText), ['0.310', '0.200', '1.000', '0.561', '0.108']);
  t.strictSame(
    [0.824531, 0.3096, 0.306, 0.31].map((score) => scoreBeside(score, 0.31)),
    ['0.825', '0.309', '0.306', '0.310'],
  );
  t.equal(scoreBeside(0.5606, 0.5607), '0.560', 'of the threshold as it is shown, too: 0.561');
  t.equal(scoreBeside(0.5607, 0.5607), '0.561');
  t.equal(scoreBeside(0, 1e-6), '0.000', 'nothing lies below what is shown as 0.000');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 0, max: 1e6 }),
      (a, b) =>
        /^\d\.\d{3}$/.test(scoreBeside(a / 1e6, b / 1e6)) &&
        (scoreText(b / 1e6) === '0.000' ||
          Number(scoreBeside(a / 1e6, b / 1e6)) >= Number(scoreText(b / 1e6)) === a >= b),
    ),
    { seed: 9, numRuns: 500 },
  );
  t.end();
});

t.test('the slider hides and adds boxes, and what was reported stays in the list', (t) => {
  const ranks = (choice: typeof all) =>
    shownBoxes(candidates, 0.31, choice).map(({ rank, status, hiddenBy }) => [rank, status, hiddenBy]);
  t.strictSame(ranks(all), [
    [1, 'reported', null],
    [2, 'reported', null],
  ]);
  t.strictSame(ranks({ ...all, minScore: 0.1 }), [
    [1, 'reported', null],
    [2, 'reported', null],
    [3, 'below', null],
  ]);
  t.strictSame(ranks({ ...all, minScore: 0.6 }), [
    [1, 'reported', null],
    [2, 'reported', 'slider'],
  ]);
  t.strictSame(ranks({ ...all, classesOff: new Set(['nodule']) }), [
    [1, 'reported', null],
    [2, 'reported', 'class'],
  ]);
  t.strictSame(ranks({ ...all, hidden: true }), [
    [1, 'reported', 'key'],
    [2, 'reported', 'key'],
  ]);
  t.end();
});

t.test('the page states every difference between the report and the view', (t) => {
  const chips = (choice: typeof all) =>
    viewChips(shownBoxes(candidates, 0.31, choice), 0.31, choice).map(({ says }) => says);
  t.strictSame(chips(all), []);
  t.strictSame(chips({ ...all, minScore: 1 }), ['view 1.000: 2 of 2 boxes hidden by your slider']);
  t.strictSame(chips({ ...all, minScore: 0.05 }), ["view 0.050: 2 more below the report's 0.310"]);
  t.strictSame(chips({ ...all, classesOff: new Set(['nodule']) }), ['1 hidden by class']);
  t.strictSame(chips({ ...all, hidden: true }), ['AI boxes hidden (B)']);
  t.end();
});

t.test('no line covers a pixel of the true box, casing included', (t) => {
  const rect = { x: 100, y: 50, width: 40, height: 30 };
  for (const emphasis of ['none', 'hover', 'selected'] as const) {
    const { width } = boxLook('reported', emphasis, false);
    const along = strokedRect(rect, width);
    const innerEdge = along.x + width / 2 + casing.width;
    t.equal(innerEdge, rect.x, `${emphasis}: the inner edge of the casing is the edge of the box`);
    t.equal(outerRect(rect, width).x, along.x - width / 2 - casing.width);
  }
  t.not(boxLook('below', 'none', false).dash, undefined, 'what does not count is dashed');
  t.equal(boxLook('reported', 'none', false).dash, undefined, 'what counts is solid');
  t.not(boxLook('reported', 'none', true).dash, undefined, "a prior's box is not taken for one of this film");
  t.end();
});

t.test('a click hits the outline, not the inside', (t) => {
  const boxes = [
    { name: 'outer', rect: { x: 0, y: 0, width: 100, height: 100 } },
    { name: 'inner', rect: { x: 3, y: 40, width: 20, height: 20 } },
  ];
  t.equal(outlineDistance({ x: 0, y: 0, width: 100, height: 100 }, { x: 103, y: 104 }), 5, 'a corner: √(3² + 4²)');
  t.strictSame(hitBoxes(boxes, { x: 50, y: 50 }, 6), []);
  t.strictSame(
    hitBoxes(boxes, { x: 2, y: 50 }, 6).map(({ name }) => name),
    ['inner', 'outer'],
    'the nearest first, the others for a second click',
  );
  t.end();
});

t.test('labels never overlap, never lie over their box, never leave the pane', (t) => {
  const pane = { width: 760, height: 684 };
  const rect = fc.record({
    x: fc.integer({ min: -300, max: 800 }),
    y: fc.integer({ min: -300, max: 700 }),
    width: fc.integer({ min: 2, max: 900 }),
    height: fc.integer({ min: 2, max: 900 }),
  });
  const label = fc.record({ width: fc.integer({ min: 20, max: 160 }), height: fc.constant(22) });
  let placedInAll = 0;
  fc.assert(
    fc.property(
      fc.array(fc.record({ box: rect, label, counts: fc.boolean() }), { minLength: 1, maxLength: 25 }),
      (boxes) => {
        const placed = placeLabels(boxes, pane);
        placed.forEach((place, i) => {
          if (place === undefined) return;
          placedInAll += 1;
          const own = boxes[i]!.box;
          if (overlaps(place, own)) throw new Error('over its own box');
          if (!boxes[i]!.counts && boxes.some(({ box, counts }) => counts && overlaps(place, box)))
            throw new Error("a candidate's label over a reported box");
          if (place.x < 0 || place.y < 0 || place.x + place.width > pane.width || place.y + place.height > pane.height)
            throw new Error('outside the pane');
          placed.slice(0, i).forEach((other) => {
            if (other !== undefined && overlaps(place, other)) throw new Error('over another label');
          });
        });
      },
    ),
    { seed: 9, numRuns: 200 },
  );
  t.ok(placedInAll > 500, 'most labels found a place');
  t.end();
});

t.test('a label stands above its box, flips below at the upper edge, and moves aside for another', (t) => {
  const pane = { width: 400, height: 400 };
  const label = { width: 60, height: 20 };
  const [above, below] = placeLabels(
    [
      { box: { x: 50, y: 100, width: 80, height: 80 }, label, counts: true },
      { box: { x: 250, y: 5, width: 80, height: 80 }, label, counts: true },
    ],
    pane,
  );
  t.match(above, { x: 50, y: 78, leader: undefined });
  t.match(below, { x: 250, y: 87, leader: undefined });
  const [first, second] = placeLabels(
    [
      { box: { x: 50, y: 100, width: 80, height: 80 }, label, counts: true },
      { box: { x: 50, y: 100, width: 80, height: 80 }, label, counts: true },
    ],
    pane,
  );
  t.ok(first !== undefined && second !== undefined && !overlaps(first, second), 'twins are both named');
  t.strictSame(
    placeLabels([{ box: { x: -10, y: -10, width: 500, height: 500 }, label, counts: true }], pane),
    [undefined],
    'a box that fills the pane has no outside',
  );
  t.strictSame(
    placeLabels([{ box: { x: 500, y: 10, width: 50, height: 50 }, label, counts: true }], pane),
    [undefined],
    'nor has one out of view a label',
  );
  const corner = { box: { x: 0, y: 0, width: 396, height: 396 }, label, counts: true };
  t.strictSame(placeLabels([corner], pane), [undefined]);
  t.end();
});

t.test("a box's place is given in the picture, never in the patient", (t) => {
  const film = { width: 300, height: 300 };
  t.equal(wherePictured({ x: 210, y: 10, width: 50, height: 50 }, film), 'upper right of picture');
  t.equal(wherePictured({ x: 130, y: 130, width: 40, height: 40 }, film), 'centre of picture');
  t.end();
});
