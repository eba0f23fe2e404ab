import { precisionAtHits } from '../measures/averagePrecision.js';
import { reliability, scoredBoxes } from '../measures/calibration.js';
import { scoredFilms } from '../measures/filmFigures.js';
import { findLimit, frocRates, walk } from '../measures/froc.js';
import { groupsOf } from '../measures/groups.js';
import { once } from '../measures/measure.js';
import { rank } from '../measures/ranking.js';
import { rocCurve, type Scored } from '../measures/roc.js';
import type { FilmResult } from '../results/results.js';
import { shareAxis } from '../../svg/index.js';
import type { Plot, Series } from './plotFigure.js';

/** Every plot of the films: a curve for all of them and one for each set. */
export function plots(films: readonly FilmResult[]): Plot[] {
  const groups = groupsOf(films).filter(({ kind }) => kind !== 'source');
  const curves = (of: (films: readonly FilmResult[]) => Series['points'], style: Series['style'] = 'line'): Series[] =>
    groups.map(({ name, films }) => ({ name, points: of(films), style }));
  const precisionRecall = (limit: number): Plot => ({
    title: `Precision and recall of boxes at IoU ${limit}`,
    x: shareAxis('recall'),
    y: shareAxis('precision'),
    series: curves((films) => precisionPoints(films, limit)),
  });
  return [
    precisionRecall(0.4),
    precisionRecall(0.5),
    {
      title: 'FROC: true boxes found (IoU .4) against false boxes a film',
      x: { title: 'false boxes a film', from: 0.0625, to: 8, ticks: frocRates, logarithmic: true },
      y: shareAxis('sensitivity'),
      series: curves(frocPoints, 'steps'),
    },
    {
      title: 'ROC of films with and without a true box',
      x: shareAxis('1 − specificity'),
      y: shareAxis('sensitivity'),
      series: curves((films) =>
        rocCurve(scoredFilms(films)).map(({ falsePositiveRate, sensitivity }) => [falsePositiveRate, sensitivity]),
      ),
    },
    reliabilityPlot('Reliability of box scores (IoU .4)', scoredBoxes(films)),
    reliabilityPlot('Reliability of film scores', scoredFilms(films)),
    histogram(
      { title: 'Film scores', positive: 'films with a true box', negative: 'films without', unit: 'films' },
      scoredFilms(films),
    ),
    histogram(
      {
        title: 'Box scores from .05 on (IoU .4)',
        positive: 'boxes that meet a true one',
        negative: 'boxes that do not',
        unit: 'boxes',
      },
      scoredBoxes(films),
    ),
  ];
}

function precisionPoints(films: readonly FilmResult[], limit: number): Series['points'] {
  const curve = precisionAtHits(rank(films, { kind: 'coco', limit }), once(films.length));
  if (curve === undefined) return [];
  return Array.from(curve.recall, (recall, k) => [recall, curve.precision[k] ?? 0] as const);
}

function frocPoints(films: readonly FilmResult[]): Series['points'] {
  const ranking = rank(films, { kind: 'coco', limit: findLimit });
  const truths = ranking.truths.reduce((sum, count) => sum + count, 0);
  if (truths === 0) return [];
  const points: (readonly [number, number])[] = [];
  walk(ranking, once(films.length), (_, hits, falsePositives) => {
    points.push([falsePositives / films.length, hits / truths]);
    return falsePositives <= 8 * films.length;
  });
  return points;
}

function reliabilityPlot(title: string, cases: readonly Scored[]): Plot {
  const points = reliability(cases).flatMap(({ score, right }) =>
    score === null || right === null ? [] : [[score, right] as const],
  );
  return {
    title,
    x: shareAxis('mean score in ten bins'),
    y: shareAxis('share that was right'),
    series: [
      {
        name: 'if scores were probabilities',
        points: [
          [0, 0],
          [1, 1],
        ],
        style: 'dashed',
      },
      { name: 'these', points, style: 'dots' },
    ],
  };
}

const bars = 20;

interface HistogramNames {
  readonly title: string;
  readonly positive: string;
  readonly negative: string;
  readonly unit: string;
}

function histogram({ title, positive, negative, unit }: HistogramNames, cases: readonly Scored[]): Plot {
  const shares = (some: readonly Scored[]): Series['points'] => {
    const counts = Array.from({ length: bars }, () => 0);
    for (const { score } of some) counts[Math.min(bars - 1, Math.floor(score * bars))]! += 1;
    return some.length === 0 ? [] : [...counts.map((n, i) => [i / bars, n / some.length] as const), [1, 0] as const];
  };
  return {
    title,
    x: shareAxis('score'),
    y: shareAxis(`share of ${unit}`),
    series: [
      { name: positive, points: shares(cases.filter((each) => each.positive)), style: 'steps' },
      { name: negative, points: shares(cases.filter((each) => !each.positive)), style: 'steps' },
    ],
  };
}
