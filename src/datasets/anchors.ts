import { type FilmSize } from './annotations.js';
import { type Box, planFit, toInputBox } from '../detector/index.js';
import { type Random, seededRandom } from '../random.js';

/** Width and height in pixels of the network input. */
export type AnchorSize = readonly [width: number, height: number];

export interface Anchors {
  /** By area, small ones first, as cfg files list them. */
  readonly sizes: readonly AnchorSize[];
  /** Mean over the boxes of the IoU with the best of these anchors, both at the same corner. */
  readonly meanBestIou: number;
}

/** The size that a box has in a network input of `input` pixels, after darknet's letterbox. */
export function inputSizeOf(box: Box, film: FilmSize, input: FilmSize): AnchorSize {
  const plan = planFit(letterboxOf(input), film);
  const { width, height } = toInputBox(plan, box);
  return [width, height];
}

function letterboxOf({ width, height }: FilmSize): Parameters<typeof planFit>[0] {
  return {
    input: { tensor: 'images', width, height, channels: 3, layout: 'nchw', colour: 'grey', scale: 1, mean: 0 },
    fit: { mode: 'letterbox', interpolation: 'area', arithmetic: 'float32', fill: 0, unletterbox: 'exact' },
  };
}

/**
 * Anchors by k-means with the distance 1 − IoU (Redmon and Farhadi, YOLO9000, section 2,
 * https://arxiv.org/abs/1612.08242), with k-means++ seeding. A cluster's new centre is the median of its boxes, so that
 * a few huge ones don't move it. The best of several starts wins. Sizes are rounded to whole pixels, and the IoU is
 * computed with those.
 *
 * @param sizes of the boxes in the network input, none empty; at least `count` distinct ones
 */
export function findAnchors(
  sizes: readonly AnchorSize[],
  { count, seed, starts = 10 }: { count: number; seed: number; starts?: number },
): Anchors {
  const distinct = new Set(sizes.map(String)).size;
  if (distinct < count)
    throw new RangeError(`${count} anchors need as many boxes of different size; there are ${distinct}`);
  const random = seededRandom(seed);
  let best: Anchors | undefined;
  for (let start = 0; start < starts; start++) {
    const centres = settle(sizes, firstCentres(sizes, count, random));
    const found = asAnchors(sizes, centres);
    if (best === undefined || found.meanBestIou > best.meanBestIou) best = found;
  }
  if (best === undefined) throw new RangeError('at least one start is needed');
  return best;
}

/**
 * Arthur and Vassilvitskii's k-means++: each next centre is drawn in proportion to its squared distance from those so
 * far.
 */
function firstCentres(sizes: readonly AnchorSize[], count: number, random: Random): AnchorSize[] {
  const centres: AnchorSize[] = [at(sizes, Math.floor(random() * sizes.length))];
  while (centres.length < count) {
    const weights = sizes.map((size) => (1 - bestIou(size, centres)) ** 2);
    let rest = random() * weights.reduce((a, b) => a + b, 0);
    // If rounding leaves a remainder, it goes to the last one that can be drawn.
    let drawn = weights.findLastIndex((weight) => weight > 0);
    for (let i = 0; i <= drawn; i++) {
      rest -= weights[i] ?? 0;
      if (rest < 0) drawn = i;
    }
    centres.push(at(sizes, drawn));
  }
  return centres;
}

const maximumRounds = 300;

function settle(sizes: readonly AnchorSize[], first: readonly AnchorSize[]): readonly AnchorSize[] {
  let centres = first;
  let before: readonly number[] = [];
  for (let round = 0; round < maximumRounds; round++) {
    const nearest = sizes.map((size) => nearestOf(size, centres));
    if (nearest.every((centre, i) => centre === before[i])) break;
    before = nearest;
    centres = centres.map((centre, c) => {
      const own = sizes.filter((_, i) => nearest[i] === c);
      return own.length === 0 ? centre : [median(own.map(([width]) => width)), median(own.map(([, height]) => height))];
    });
  }
  return centres;
}

function asAnchors(sizes: readonly AnchorSize[], centres: readonly AnchorSize[]): Anchors {
  const whole = centres.map(([width, height]): AnchorSize => [
    Math.max(1, Math.round(width)),
    Math.max(1, Math.round(height)),
  ]);
  whole.sort((a, b) => a[0] * a[1] - b[0] * b[1] || a[0] - b[0]);
  return { sizes: whole, meanBestIou: meanBestIou(sizes, whole) };
}

/** How well anchors fit boxes, 0 to 1. */
export function meanBestIou(sizes: readonly AnchorSize[], anchors: readonly AnchorSize[]): number {
  return sizes.reduce((sum, size) => sum + bestIou(size, anchors), 0) / sizes.length;
}

/** IoU of two boxes at the same corner: the intersection has the smaller width and the smaller height. */
export function cornerIou([aw, ah]: AnchorSize, [bw, bh]: AnchorSize): number {
  const shared = Math.min(aw, bw) * Math.min(ah, bh);
  return shared / (aw * ah + bw * bh - shared);
}

function bestIou(size: AnchorSize, centres: readonly AnchorSize[]): number {
  return centres.reduce((best, centre) => Math.max(best, cornerIou(size, centre)), 0);
}

function nearestOf(size: AnchorSize, centres: readonly AnchorSize[]): number {
  const ious = centres.map((centre) => cornerIou(size, centre));
  return ious.indexOf(Math.max(...ious));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

function at(sizes: readonly AnchorSize[], i: number): AnchorSize {
  const size = sizes[i];
  if (size === undefined) throw new RangeError('there is no such box');
  return size;
}
