import {
  appearance,
  appearanceConfusion,
  appearancePairs,
  tellsAppearance,
  withKnownAppearance,
} from './appearance.js';
import { averagePrecision } from './averagePrecision.js';
import { type BootstrapOptions, drawPatients, withIntervals } from './bootstrap.js';
import { boxCounts } from './boxCounts.js';
import { calibration, prevalence, reliability, scoredBoxes } from './calibration.js';
import { classificationFigures } from './classificationFigures.js';
import { filmConfusion, filmFigures, filmLabels, filmPairs, isPositive, scoredFilms } from './filmFigures.js';
import { froc } from './froc.js';
import { humanLine } from './humanLine.js';
import type { Figures, Measure } from './measure.js';
import type { EvaluationReport, GroupCounts, GroupReport } from './report.js';
import { appearances, type EvaluationResults, type EvaluationRun, type FilmResult } from './results.js';
import { rsna } from './rsna.js';

export const defaultBootstrap: BootstrapOptions = { resamples: 1000, seed: 20_261_121 };

/** Every figure of the results, over all films, each set and each source. */
export function evaluate(results: EvaluationResults, options: BootstrapOptions = defaultBootstrap): EvaluationReport {
  return {
    schemaVersion: 1,
    run: results.run,
    bootstrap: { unit: 'patient', level: 0.95, resamples: options.resamples, seed: options.seed },
    groups: groupsOf(results.films).map((group) => evaluateGroup(group, results.run, options)),
    human: humanLine,
  };
}

/** Films that are measured together. */
export interface FilmGroup {
  readonly kind: GroupReport['kind'];
  readonly name: string;
  readonly films: readonly FilmResult[];
}

/** All films, then the sets and the sources, each where there are several: a source below its set, one that lies in several sets below all films. */
export function groupsOf(films: readonly FilmResult[]): FilmGroup[] {
  const split = (kind: 'set' | 'source'): FilmGroup[] => {
    const names = [...new Set(films.map((film) => film[kind]))];
    return names.length < 2
      ? []
      : names.map((name) => ({ kind, name, films: films.filter((film) => film[kind] === name) }));
  };
  const sets = split('set');
  const sources = split('source');
  // A set of one source would only be said twice.
  const isSet = (group: FilmGroup): boolean =>
    sets.some(
      (set) => set.films.length === group.films.length && set.films.every((film, i) => film === group.films[i]),
    );
  const liesIn = (source: FilmGroup, set: FilmGroup): boolean => source.films.every((film) => film.set === set.name);
  const named = sources.filter((group) => !isSet(group));
  return [
    { kind: 'all', name: 'all', films },
    ...named.filter((source) => !sets.some((set) => liesIn(source, set))),
    ...sets.flatMap((set) => [set, ...named.filter((source) => liesIn(source, set))]),
  ];
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
