import type { Test } from 'tap';
import type { Box } from '../../src/detector/index.js';
import { boxResults, type EvaluationResults, type FilmResult } from '../../src/evaluation/index.js';
import { seededRandom } from '../../src/random.js';

/** A film result out of boxes [x, y, width, height] and of scored ones. */
export function film(
  truths: readonly Place[],
  boxes: readonly ScoredPlace[],
  more: Partial<FilmResult> = {},
): FilmResult {
  const scored = boxes.map(([score, place, name = 'opacity']) => ({ score, class: name, box: boxOf(place) }));
  const best = scored.toSorted((a, b) => b.score - a.score);
  return {
    sha256: 'a'.repeat(64),
    set: 'drawn',
    source: 'drawn',
    patient: 0,
    state: 'analysed',
    appearance: null,
    truths: truths.map(() => 'opacity'),
    filmScore: best[0]?.score ?? 0,
    attributes: null,
    boxes: boxResults(
      best,
      truths.map((place) => ({ class: 'opacity', box: boxOf(place) })),
    ),
    ...more,
  };
}

export type Place = readonly [x: number, y: number, width: number, height: number];
export type ScoredPlace = readonly [score: number, place: Place, name?: string];

function boxOf([x, y, width, height]: Place): Box {
  return { x, y, width, height };
}

export const left: Place = [0, 0, 100, 100];
export const right: Place = [200, 0, 100, 100];
export const nowhere: Place = [500, 500, 50, 50];

/** Scores of boxes: right .9 .7 .3, wrong .8 .6 .4 .2; of films: with .9 .7, without .8 .2. */
export const four = [
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

export function near(t: Test, value: number, expected: number, what: string): void {
  t.ok(Math.abs(value - expected) < 1e-9, `${what}: ${value}, by hand ${expected}`);
}

/** Every film counts once. */
export function once(films: readonly unknown[]): Float64Array {
  return new Float64Array(films.length).fill(1);
}

export function results(
  films: readonly FilmResult[],
  model: Partial<EvaluationResults['run']['model']> = {},
): EvaluationResults {
  return {
    run: {
      model: {
        name: 'drawn',
        version: '1.0.0',
        specSha256: 'b'.repeat(64),
        onnxSha256: 'c'.repeat(64),
        threshold: 0.5,
        calibrated: false,
        lesions: ['opacity'],
        attributes: [],
        ...model,
      },
      kept: { floor: 0.001, maximumPerFilm: 100 },
      provider: 'cpu',
      split: 'val',
      command: 'lesion-detector evaluate --model drawn',
      createdAt: '2026-11-21T12:00:00.000Z',
    },
    films,
  };
}

/** A film as a random detector leaves it: places of true boxes, and boxes near some of them, and elsewhere. */
export interface RandomFilm {
  readonly truths: readonly (readonly [Place, string])[];
  readonly boxes: readonly Required<ScoredPlace>[];
}

/** @param ties scores of one decimal, so that many are equal */
export function randomFilms(
  seed: number,
  count: number,
  { classes, ties }: { readonly classes: readonly string[]; readonly ties: boolean },
): RandomFilm[] {
  const random = seededRandom(seed);
  const whole = (below: number): number => Math.floor(random() * below);
  const place = (): Place => [random() * 300, random() * 300, 20 + random() * 150, 20 + random() * 150];
  const near = ([x, y, width, height]: Place): Place => [
    x + 40 * (random() - 0.5),
    y + 40 * (random() - 0.5),
    width * (0.7 + 0.6 * random()),
    height * (0.7 + 0.6 * random()),
  ];
  const score = (): number => (ties ? whole(10) / 10 : Math.round(random() * 1e6) / 1e6);
  const name = (): string => classes[whole(classes.length)] ?? '';
  return Array.from({ length: count }, () => {
    const truths = Array.from({ length: whole(5) }, () => [place(), name()] as const);
    const boxes = [
      ...truths.filter(() => random() < 0.8).map(([at, its]) => [score(), near(at), its] as const),
      ...truths.filter(() => random() < 0.4).map(([at]) => [score(), near(at), name()] as const),
      ...Array.from({ length: whole(4) }, () => [score(), place(), name()] as const),
    ];
    return { truths, boxes: boxes.sort((a, b) => b[0] - a[0]) };
  });
}

export function resultOf({ truths, boxes }: RandomFilm, index: number): FilmResult {
  const drawn = truths.map(([place, name]) => ({ class: name, box: boxOf(place) }));
  const detections = boxes.map(([score, place, name]) => ({ class: name, score, box: boxOf(place) }));
  return {
    ...film([], []),
    patient: index,
    truths: truths.map(([, name]) => name),
    filmScore: boxes[0]?.[0] ?? 0,
    boxes: boxResults(detections, drawn),
  };
}
