import { appearance } from '../measures/appearance.js';
import { averagePrecision } from '../measures/averagePrecision.js';
import { type BootstrapOptions, defaultBootstrap, drawPatients, withIntervals } from '../measures/bootstrap.js';
import { boxCounts } from '../measures/boxCounts.js';
import { calibration, prevalence, reliability, scoredBoxes } from '../measures/calibration.js';
import { classificationFigures } from '../measures/classificationFigures.js';
import { filmConfusion, filmFigures, filmLabels, filmPairs, isPositive, scoredFilms } from '../measures/filmFigures.js';
import { froc } from '../measures/froc.js';
import { type FilmGroup, groupsOf } from '../measures/groups.js';
import {
  appearanceConfusion,
  appearancePairs,
  tellsAppearance,
  withKnownAppearance,
} from '../measures/knownAppearance.js';
import type { Figures, Measure } from '../measures/measure.js';
import { type EvaluationReport, type GroupCounts, type GroupReport, humanLine } from './evaluationReport.js';
import { appearances, type EvaluationResults, type EvaluationRun, type FilmResult } from '../results/results.js';
import { rsna } from '../measures/rsna.js';

/**
 * Every figure of the results, over all films, each set and each source.
 *
 * @example
 * const { groups } = evaluate(parseResults(await readFile('results.csv', 'utf8')));
 * groups[0]?.boxes.averagePrecision.ap40; // { value: 0.617404, low: 0.507725, high: 0.722837, n: 222 }
 */
export function evaluate(results: EvaluationResults, options: BootstrapOptions = defaultBootstrap): EvaluationReport {
  return {
    schemaVersion: 1,
    run: results.run,
    bootstrap: { unit: 'patient', level: 0.95, resamples: options.resamples, seed: options.seed },
    groups: groupsOf(results.films).map((group) => evaluateGroup(group, results.run, options)),
    human: humanLine,
  };
}

function evaluateGroup(
  { kind, name, films }: FilmGroup,
  { model }: EvaluationRun,
  options: BootstrapOptions,
): GroupReport {
  const { threshold } = model;
  const draws = drawPatients(
    films.map(({ patient }) => patient),
    options,
  );
  const measured = <Name extends string>(measure: Measure<Name>): Figures<Name> =>
    withIntervals(measure, films.length, draws);
  return {
    kind,
    name,
    counts: countsOf(films),
    boxes: {
      averagePrecision: measured(averagePrecision(films, model.lesions)),
      froc: measured(froc(films)),
      rsna: measured(rsna(films, threshold)),
      operatingPoint: measured(boxCounts(films, threshold)),
    },
    films: {
      figures: measured(filmFigures(films, threshold)),
      confusion: filmConfusion(films, threshold),
      classification: classificationFigures(filmLabels, filmPairs(films, threshold), draws),
    },
    calibration: {
      figures: measured(calibration(films)),
      boxes: reliability(scoredBoxes(films)),
      films: reliability(scoredFilms(films)),
    },
    appearance: tellsAppearance(model.attributes) ? appearanceOf(films, threshold, options) : null,
  };
}

function appearanceOf(
  films: readonly FilmResult[],
  threshold: number,
  options: BootstrapOptions,
): GroupReport['appearance'] {
  const known = withKnownAppearance(films);
  if (known.length === 0) return null;
  const draws = drawPatients(
    known.map(({ patient }) => patient),
    options,
  );
  return {
    figures: withIntervals(appearance(known, threshold), known.length, draws),
    confusion: appearanceConfusion(known, threshold),
    classification: classificationFigures(appearances, appearancePairs(known, threshold), draws),
  };
}

function countsOf(films: readonly FilmResult[]): GroupCounts {
  const positives = films.filter(isPositive).length;
  const notAnalysed: Record<string, number> = {};
  for (const { state } of films) if (state !== 'analysed') notAnalysed[state] = (notAnalysed[state] ?? 0) + 1;
  return {
    films: films.length,
    patients: new Set(films.map(({ patient }) => patient)).size,
    positives,
    negatives: films.length - positives,
    prevalence: prevalence(films),
    truths: films.reduce((sum, { truths }) => sum + truths.length, 0),
    detections: films.reduce((sum, { boxes }) => sum + boxes.length, 0),
    notAnalysed,
  };
}
