import type { FitSpec } from '../spec.js';

export type Interpolation = FitSpec['interpolation'];

/** For every output sample: where its source samples start, and their weights (sum 1), the same number for all. */
export interface Taps {
  readonly size: number;
  readonly count: number;
  readonly start: Int32Array;
  /** `count` for each output sample. */
  readonly weights: Float64Array;
}

interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

export function taps(interpolation: Interpolation, from: number, to: number): Taps {
  const scale = from / to;
  switch (interpolation) {
    case 'area':
      return packed(from, to, (i) => (to < from ? areaTap(i, from, to) : linearTap((i + 0.5) * scale - 0.5, from)));
    case 'bilinear':
      return packed(from, to, (i) => linearTap((i + 0.5) * scale - 0.5, from));
    case 'bilinear-corner':
      return packed(from, to, (i) => linearTap(to === 1 ? 0 : (i * (from - 1)) / (to - 1), from));
    case 'bicubic':
      return packed(from, to, (i) => cubicTap((i + 0.5) * scale, Math.max(1, scale), from));
  }
}

/** In units of 1/to source samples, so that exact weights stay exact; single precision, as in OpenCV. */
function areaTap(i: number, from: number, to: number): Tap {
  const [left, right] = [i * from, (i + 1) * from];
  const first = Math.floor(left / to);
  const weights = Array.from({ length: Math.ceil(right / to) - first }, (_, j) =>
    Math.fround((Math.min((first + j + 1) * to, right) - Math.max((first + j) * to, left)) / from),
  );
  return { first, weights };
}

function linearTap(source: number, from: number): Tap {
  const inside = Math.min(from - 1, Math.max(0, source));
  const first = Math.min(Math.floor(inside), Math.max(0, from - 2));
  return { first, weights: from === 1 ? [1] : [1 - (inside - first), inside - first] };
}

function cubicTap(centre: number, widening: number, from: number): Tap {
  const support = 2 * widening;
  const first = Math.max(0, Math.trunc(centre - support + 0.5));
  const last = Math.min(from, Math.trunc(centre + support + 0.5));
  const weights = Array.from({ length: last - first }, (_, j) => catmullRom((first + j - centre + 0.5) / widening));
  const sum = weights.reduce((a, b) => a + b, 0);
  return { first, weights: weights.map((w) => w / sum) };
}

/** Keys' cubic with a = −0.5. */
function catmullRom(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/**
 * Pads with weights of 0, to at least four if there are that many samples: the loop over four is unrolled (passes.ts).
 */
function packed(from: number, to: number, tapOf: (i: number) => Tap): Taps {
  const list = Array.from({ length: to }, (_, i) => tapOf(i));
  const count = Math.max(Math.min(4, from), ...list.map((tap) => tap.weights.length));
  const made = { size: to, count, start: new Int32Array(to), weights: new Float64Array(to * count) };
  list.forEach(({ first, weights }, i) => {
    const start = Math.min(first, from - count);
    made.start[i] = start;
    made.weights.set(weights, i * count + first - start);
  });
  return made;
}
