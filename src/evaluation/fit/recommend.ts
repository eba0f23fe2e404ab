import { calibrate, type ModelSpec, uncalibrate } from '../../detector/index.js';
import { calibration, prevalence, scoredBoxes } from '../measures/calibration.js';
import { isPositive } from '../measures/filmFigures.js';
import { fitCalibration as fitted } from './fitCalibration.js';
import { once, rounded } from '../measures/measure.js';
import {
  type OperatingGoal,
  type OperatingPoint,
  operatingPoint,
  OperatingPointError,
  reached,
  shortestBetween,
} from './operatingPoint.js';
import type { EvaluationResults, FilmResult } from '../results/results.js';

export interface RecommendationChoices {
  /** Fit scores to P(box meets a true one at IoU ≥ .4). */
  readonly fitCalibration: boolean;
  readonly goal: OperatingGoal | null;
}

/** What a ModelSpec should say about scores and operating point, judging by these films. */
export interface Recommendation {
  readonly calibration: ModelSpec['calibration'];
  readonly threshold: ModelSpec['threshold'];
  /** Figures of the threshold on these films. */
  readonly reached: OperatingPoint;
  /** Expected calibration error of box scores, before and after, on the films that it was fitted on. */
  readonly boxEce: { readonly before: number; readonly after: number };
}

/**
 * Fits calibration, operating point or both. The calibration is fitted to the raw scores of all boxes in the results,
 * and replaces that of the spec. The operating point moves with it, so that the same boxes are reported, unless there
 * is a goal.
 *
 * @param spec with which the results were made
 * @throws CalibrationError, OperatingPointError
 */
export function recommend(
  { films, run }: EvaluationResults,
  spec: Pick<ModelSpec, 'calibration' | 'threshold' | 'candidateFloor'>,
  { fitCalibration, goal }: RecommendationChoices,
): Recommendation {
  const where = filmsInWords(films, run.split);
  const raw = films.map((film) => rescored(film, (score) => uncalibrate(score, spec.calibration)));
  const calibration = fitCalibration
    ? {
        ...fitted(scoredBoxes(raw, 0)),
        source: `fitted on ${where}: chance that a box meets a true one at IoU .4 or more`,
      }
    : spec.calibration;
  const shown = fitCalibration
    ? raw.map((film) => rescored(film, (score) => rounded(calibrate(score, calibration))))
    : films;
  const recommended = thresholdFor(films, shown, spec.threshold, goal, where);
  assertKept(recommended.threshold.score, calibration, Math.max(spec.candidateFloor.score, run.kept.floor));
  return { calibration, ...recommended, boxEce: { before: boxEce(films), after: boxEce(shown) } };
}

/**
 * The service drops boxes below the candidate floor, results those below their own: a lower threshold can't be
 * judged.
 */
function assertKept(threshold: number, calibration: ModelSpec['calibration'], floor: number): void {
  const lowest = rounded(calibrate(floor, calibration));
  if (threshold >= lowest) return;
  throw new OperatingPointError(
    `this needs a threshold of ${threshold}, but no box below ${lowest} is kept (raw score ${floor}): ask for less, ` +
      `or lower candidateFloor in model.json and run the films again`,
  );
}

function thresholdFor(
  films: readonly FilmResult[],
  shown: readonly FilmResult[],
  present: ModelSpec['threshold'],
  goal: OperatingGoal | null,
  where: string,
): Pick<Recommendation, 'threshold' | 'reached'> {
  if (goal !== null) {
    const point = operatingPoint(shown, goal);
    return { threshold: { score: point.threshold, source: `${goalInWords(goal)} on ${where}` }, reached: point };
  }
  if (shown === films) return { threshold: present, reached: reached(films, present.score) };
  const score = carriedOver(films, shown, present.score);
  return {
    threshold: { score, source: `${present.source}; ${present.score} before calibration` },
    reached: reached(shown, score),
  };
}

/** The threshold on the new scores that reports the same boxes as the old threshold on the old scores. */
function carriedOver(films: readonly FilmResult[], shown: readonly FilmResult[], threshold: number): number {
  let [below, above] = [0, 1];
  films.forEach((film, i) => {
    film.boxes.forEach(({ score }, b) => {
      const now = shown[i]?.boxes[b]?.score ?? 0;
      if (score >= threshold) above = Math.min(above, now);
      else below = Math.max(below, now);
    });
  });
  return shortestBetween(below, above);
}

function rescored(film: FilmResult, map: (score: number) => number): FilmResult {
  return {
    ...film,
    filmScore: map(film.filmScore),
    boxes: film.boxes.map((box) => ({ ...box, score: map(box.score) })),
  };
}

function goalInWords(goal: OperatingGoal): string {
  switch (goal.kind) {
    case 'false-positives-per-film':
      return `at most ${goal.atMost} false positives a film (IoU .4)`;
    case 'film-sensitivity':
      return `film-level sensitivity of at least ${goal.atLeast}`;
    case 'youden':
      return 'highest film-level sensitivity + specificity';
  }
}

function filmsInWords(films: readonly FilmResult[], split: string | null): string {
  const sets = [...new Set(films.map(({ set }) => set))].join(', ');
  const positives = films.filter(isPositive).length;
  const which = `${films.length} films of ${sets}${split === null ? '' : ` (${split})`}`;
  return `${which}, ${positives} of them with a true box (prevalence ${prevalence(films).toFixed(2)})`;
}

function boxEce(films: readonly FilmResult[]): number {
  return rounded(calibration(films).of(once(films.length)).boxEce);
}
