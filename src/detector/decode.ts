import type { InputBox } from './boxes.js';
import type { HeadSpec, ModelSpec } from './spec.js';

/** A head contains NaN or infinite values, or its boxes overflow. */
export class HeadValueError extends Error {
  override readonly name = 'HeadValueError';
}

/** One (box, lesion class) pair as the network gives it, before NMS and calibration. */
export interface RawCandidate {
  readonly box: InputBox;
  /** Objectness · class probability, 0…1. */
  readonly score: number;
  /** Index into the classes of the spec. */
  readonly classIndex: number;
  readonly objectness: number;
  /** Where its other class values are: head, and index of class 0 in it; class k is `stride` · k further on. */
  readonly source: { readonly head: number; readonly at: number; readonly stride: number };
}

export interface DecodedHeads {
  /** Highest objectness · class probability over all anchors and lesion classes, whatever the floor. */
  readonly best: number;
  readonly candidates: RawCandidate[];
}

/** The part of a spec that decoding reads. */
export type DecodeSpec = Pick<ModelSpec, 'input' | 'heads' | 'classes'>;

/**
 * Decodes the raw heads of one film.
 *
 *     x = (s·σ(tx) − (s − 1)/2 + column) · stride     w = exp(tw) · anchor width
 *     y = (s·σ(ty) − (s − 1)/2 + row)    · stride     h = exp(th) · anchor height
 *     score = σ(objectness) · σ(class)                (independent logistic classes)
 *
 * YOLOv3 (Redmon & Farhadi 2018, arXiv:1804.02767), s = `scale_x_y` of Bochkovskiy et al. 2020
 * (arXiv:2004.10934); heads with box `square` (darknet `new_coords`, Wang et al. 2021, arXiv:2011.08036)
 * already hold logistic values, and w = (2·tw)² · anchor width.
 *
 * @param heads in spec order, each anchors·(5 + classes) × rows × columns
 * @param floor candidates with a raw score below it are left out; 0 keeps every one
 * @throws HeadValueError if a head contains a value that is not finite
 *
 * @example
 * const { best, candidates } = decodeHeads(heads, spec, 0.2); // one head of zeros, 2 × 2 cells, one anchor and class
 * // best === 0.25, candidates.length === 4
 */
export function decodeHeads(heads: readonly Float32Array[], spec: DecodeSpec, floor: number): DecodedHeads {
  if (heads.length !== spec.heads.length) throw new Error(`${heads.length} heads for a spec of ${spec.heads.length}`);
  const lesions = spec.classes.flatMap((c, i) => (c.role === 'lesion' ? [i] : []));
  const decoded = { best: 0, candidates: [] as RawCandidate[] };
  spec.heads.forEach((head, index) => {
    const values = heads[index];
    const grid = gridOf(spec, head);
    if (values?.length !== grid.anchors * grid.values * grid.cells) {
      throw new Error(
        `head ${head.tensor} has ${String(values?.length)} values instead of ` +
          `${grid.anchors * grid.values * grid.cells}`,
      );
    }
    assertFinite(values, head);
    decodeHead({ values, index, head, grid, lesions, floor }, decoded);
  });
  return decoded;
}

/** Probability of any class for the box of a candidate, given that there is an object (no objectness). */
export function classProbability(
  heads: readonly Float32Array[],
  spec: DecodeSpec,
  candidate: RawCandidate,
  classIndex: number,
): number {
  const { head, at, stride } = candidate.source;
  const value = heads[head]?.[at + classIndex * stride];
  const headSpec = spec.heads[head];
  if (value === undefined || headSpec === undefined) throw new Error('the candidate does not come from these heads');
  return probabilityOf(headSpec)(value);
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Inverse of `sigmoid`: −∞ at 0, +∞ at 1. */
export function logit(p: number): number {
  return Math.log(p / (1 - p));
}

interface Grid {
  readonly columns: number;
  readonly cells: number;
  readonly anchors: number;
  /** Values per anchor: x, y, w, h, objectness, classes. */
  readonly values: number;
}

function gridOf(spec: DecodeSpec, head: HeadSpec): Grid {
  const columns = spec.input.width / head.stride;
  return {
    columns,
    cells: columns * (spec.input.height / head.stride),
    anchors: head.anchors.length,
    values: 5 + spec.classes.length,
  };
}

interface HeadInHand {
  readonly values: Float32Array;
  readonly index: number;
  readonly head: HeadSpec;
  readonly grid: Grid;
  readonly lesions: readonly number[];
  readonly floor: number;
}

/** Slack when comparing thresholds with raw values, so that rounding drops no tie. */
const slack = 1e-9;

function decodeHead(
  { values, index, head, grid, lesions, floor }: HeadInHand,
  decoded: { best: number; candidates: RawCandidate[] },
): void {
  const { cells } = grid;
  const probability = probabilityOf(head);
  // σ is strictly increasing, so nearly all cells are skipped by comparing raw values, without exp().
  const valueFor = head.box === 'square' ? (p: number) => p : logit;
  const floorValue = valueFor(floor) - slack;
  let bestValue = valueFor(decoded.best);
  for (let anchor = 0; anchor < grid.anchors; anchor++) {
    const start = anchor * grid.values * cells;
    for (let cell = 0; cell < cells; cell++) {
      const objectnessValue = values[start + 4 * cells + cell]!;
      if (objectnessValue < floorValue && objectnessValue <= bestValue) continue;
      const objectness = probability(objectnessValue);
      // A class counts if it reaches the floor or makes this the film's best box.
      const needed = valueFor(Math.min(1, Math.min(floor, decoded.best) / objectness)) - slack;
      const classes = start + 5 * cells + cell;
      for (const classIndex of lesions) {
        const classValue = values[classes + classIndex * cells]!;
        if (classValue < needed) continue;
        const score = objectness * probability(classValue);
        if (score > decoded.best) {
          decoded.best = score;
          bestValue = valueFor(score);
        }
        if (score < floor) continue;
        decoded.candidates.push({
          box: boxAt(values, start + cell, head, grid, anchor, cell),
          score,
          classIndex,
          objectness,
          source: { head: index, at: classes, stride: cells },
        });
      }
    }
  }
}

function boxAt(values: Float32Array, at: number, head: HeadSpec, grid: Grid, anchor: number, cell: number): InputBox {
  const { cells, columns } = grid;
  const row = Math.floor(cell / columns);
  const column = cell - row * columns;
  const [anchorWidth, anchorHeight] = head.anchors[anchor]!;
  const probability = probabilityOf(head);
  const shift = (head.scaleXY - 1) / 2;
  const centreX = (head.scaleXY * probability(values[at]!) - shift + column) * head.stride;
  const centreY = (head.scaleXY * probability(values[at + cells]!) - shift + row) * head.stride;
  const tw = values[at + 2 * cells]!;
  const th = values[at + 3 * cells]!;
  const width = (head.box === 'square' ? (2 * tw) ** 2 : Math.exp(tw)) * anchorWidth;
  const height = (head.box === 'square' ? (2 * th) ** 2 : Math.exp(th)) * anchorHeight;
  if (!Number.isFinite(width) || !Number.isFinite(height)) {
    throw new HeadValueError(`head ${head.tensor}: the size of a box overflows (tw ${tw}, th ${th})`);
  }
  return { x: centreX - width / 2, y: centreY - height / 2, width, height };
}

function probabilityOf(head: HeadSpec): (value: number) => number {
  return head.box === 'square' ? identity : sigmoid;
}

function identity(value: number): number {
  return value;
}

function assertFinite(values: Float32Array, head: HeadSpec): void {
  let sum = 0;
  // 0 · v is 0 for every finite v and NaN otherwise: one multiply-add per value, no branch.
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  if (Number.isNaN(sum)) {
    const at = values.findIndex((v) => !Number.isFinite(v));
    throw new HeadValueError(`head ${head.tensor} holds ${String(values[at])} at ${at}`);
  }
}
