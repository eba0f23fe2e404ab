import type { Measure } from './measure.js';
import { type Ranking, rank, truthsIn } from './ranking.js';
import type { FilmResult } from '../results/results.js';

/** COCO's ten limits, .5:.05:.95. Chest films are also judged at .3 and .4. */
const cocoLimits = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

export type AveragePrecisionName = 'ap30' | 'ap40' | 'ap50' | 'ap75' | 'ap50to95' | 'voc40' | 'voc50';

/**
 * Average precision as COCO defines it (`ap…`: mean precision at 101 points of recall; pycocotools, cocoeval.py) at
 * IoU ≥ .3, .4, .5, .75 and over .5:.05:.95, and as PASCAL VOC does since 2010 (`voc…`: area under the precision
 * envelope; Everingham et al. 2010). With several classes, the mean over those that have a true box. NaN without any
 * true box.
 */
export function averagePrecision(
  films: readonly FilmResult[],
  classes: readonly string[],
): Measure<AveragePrecisionName> {
  const coco = new Map([0.3, 0.4, ...cocoLimits].map((limit) => [limit, averagePrecisionAt(films, classes, limit)]));
  const voc = new Map(
    [0.4, 0.5].map((limit) => [limit, classes.map((name) => rank(films, { kind: 'voc', limit }, name))]),
  );
  const boxes = films.reduce((sum, { truths }) => sum + truths.length, 0);
  return {
    cases: { ap30: boxes, ap40: boxes, ap50: boxes, ap75: boxes, ap50to95: boxes, voc40: boxes, voc50: boxes },
    of(weights) {
      const at = (limit: number): number => coco.get(limit)?.(weights) ?? NaN;
      const vocAt = (limit: number): number =>
        meanOver(voc.get(limit) ?? [], (ranking) => areaUnderEnvelope(ranking, weights));
      const ten = cocoLimits.map(at);
      return {
        ap30: at(0.3),
        ap40: at(0.4),
        ap50: ten[0]!,
        ap75: ten[5]!,
        ap50to95: ten.reduce((sum, ap) => sum + ap, 0) / ten.length,
        voc40: vocAt(0.4),
        voc50: vocAt(0.5),
      };
    },
  };
}

/** COCO's average precision at one IoU, prepared for many resamples. */
export function averagePrecisionAt(
  films: readonly FilmResult[],
  classes: readonly string[],
  limit: number,
): (weights: Float64Array) => number {
  const rankings = classes.map((name) => rank(films, { kind: 'coco', limit }, name));
  return (weights) => meanOver(rankings, (ranking) => mean101(ranking, weights));
}

/**
 * COCO: the mean, over recalls 0, .01 … 1, of the best precision at that recall or beyond (0 if it is never reached).
 */
export function mean101(ranking: Ranking, weights: Float64Array): number {
  const curve = precisionAtHits(ranking, weights);
  if (curve === undefined) return NaN;
  const { recall, precision } = curve;
  let envelope = 0;
  let sum = 0;
  let point = 100;
  for (let k = recall.length - 1; k >= 0; k--) {
    envelope = Math.max(envelope, precision[k]!);
    const before = k > 0 ? recall[k - 1]! : -1;
    // i · 0.01, as numpy's linspace computes it: 57 · 0.01 is slightly more than 57 / 100.
    for (; point >= 0 && point * 0.01 > before; point--) if (point * 0.01 <= recall[k]!) sum += envelope;
  }
  return sum / 101;
}

/** VOC 2010 and later: the area under the precision envelope, over every step of recall. */
export function areaUnderEnvelope(ranking: Ranking, weights: Float64Array): number {
  const curve = precisionAtHits(ranking, weights);
  if (curve === undefined) return NaN;
  const { recall, precision } = curve;
  let envelope = 0;
  let area = 0;
  for (let k = recall.length - 1; k >= 0; k--) {
    envelope = Math.max(envelope, precision[k]!);
    area += (recall[k]! - (k > 0 ? recall[k - 1]! : 0)) * envelope;
  }
  return area;
}

export interface PrecisionRecall {
  readonly recall: Float64Array;
  readonly precision: Float64Array;
}

/**
 * Recall and precision at each right detection: between two of them precision only falls. Undefined without a true
 * box.
 */
export function precisionAtHits(ranking: Ranking, weights: Float64Array): PrecisionRecall | undefined {
  const positives = truthsIn(ranking, weights);
  if (positives === 0) return undefined;
  const { film, right } = ranking;
  const recall = new Float64Array(ranking.hits);
  const precision = new Float64Array(ranking.hits);
  let hits = 0;
  let all = 0;
  let k = 0;
  for (let i = 0; i < film.length; i++) {
    const weight = weights[film[i]!]!;
    if (weight === 0) continue;
    all += weight;
    if (right[i] === 0) continue;
    hits += weight;
    recall[k] = hits / positives;
    precision[k++] = hits / all;
  }
  return { recall: recall.subarray(0, k), precision: precision.subarray(0, k) };
}

function meanOver(rankings: readonly Ranking[], ap: (ranking: Ranking) => number): number {
  const values = rankings.map(ap).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
