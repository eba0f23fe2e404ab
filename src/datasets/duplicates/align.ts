import type { Thumbnail } from './thumbnail.js';

/** Where one picture lies on another: its corner and sides, as shares of the other's sides. */
interface Position {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const same: Position = { x: 0, y: 0, width: 1, height: 1 };

/** How far edges may have been cut or added. */
const furthest = 0.08;

/**
 * The highest correlation of two pictures if one may be moved and stretched a little, as a crop of a few per cent does.
 * It is the absolute value, since a negative is the same film. A rough search over shifts and scales finds the best
 * position, which is refined as long as it looks promising.
 */
export function alignedCorrelation(a: Thumbnail, b: Thumbnail): number {
  let best = same;
  let value = correlation(a, b, same, searchStep);
  for (const scale of [0.94, 0.97, 1, 1.03, 1.06]) {
    for (const dx of [-0.03, 0, 0.03]) {
      for (const dy of [-0.03, 0, 0.03]) {
        const position = { x: (1 - scale) / 2 + dx, y: (1 - scale) / 2 + dy, width: scale, height: scale };
        const found = correlation(a, b, position, searchStep);
        if (found > value) [best, value] = [position, found];
      }
    }
  }
  return refine(a, b, best);
}

/** Every sixth pixel each way is enough to see where to look. */
const searchStep = 6;

/**
 * Edges move in ever smaller steps; for the larger ones every third pixel each way is enough. Chests of different
 * people seldom come near a copy's correlation, so such a pair is dropped as soon as finer steps can't get it there:
 * refined to the end, these pairs took nine tenths of the time for a whole set.
 */
const refinements = [
  { step: 0.015, pixelStep: 3, promising: 0.7 },
  { step: 0.0075, pixelStep: 3, promising: 0.8 },
  { step: 0.004, pixelStep: 1, promising: 0.85 },
];

function refine(a: Thumbnail, b: Thumbnail, start: Position): number {
  let best = start;
  let value = 0;
  for (const { step, pixelStep, promising } of refinements) {
    value = correlation(a, b, best, pixelStep);
    if (value < promising) return value;
    for (let improved = true; improved;) {
      improved = false;
      for (const position of neighbours(best, step)) {
        const found = correlation(a, b, position, pixelStep);
        if (found <= value) continue;
        [best, value] = [position, found];
        improved = true;
      }
    }
  }
  return value;
}

/** Each edge moved alone, and both of a pair together. */
function neighbours({ x, y, width, height }: Position, step: number): Position[] {
  const moves = [-step, step].flatMap((d) => [
    { x: x + d, y, width, height },
    { x, y: y + d, width, height },
    { x: x + d, y, width: width - d, height },
    { x, y: y + d, width, height: height - d },
    { x, y, width: width + d, height },
    { x, y, width, height: height + d },
  ]);
  return moves.filter((to) =>
    [to.x, to.y, to.x + to.width - 1, to.y + to.height - 1].every((edge) => Math.abs(edge) <= furthest),
  );
}

/** Absolute correlation over the pixels of `a` that lie on `b`. */
function correlation(a: Thumbnail, b: Thumbnail, position: Position, step: number): number {
  const { side } = a;
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < side; row += step) {
    const y = (position.y + ((row + 0.5) / side) * position.height) * b.side - 0.5;
    const top = Math.floor(y);
    if (top < 0 || top + 1 >= b.side) continue;
    for (let column = 0; column < side; column += step) {
      const x = (position.x + ((column + 0.5) / side) * position.width) * b.side - 0.5;
      const left = Math.floor(x);
      if (left < 0 || left + 1 >= b.side) continue;
      const at = top * b.side + left;
      const [fx, fy] = [x - left, y - top];
      const upper = (b.levels[at] ?? 0) * (1 - fx) + (b.levels[at + 1] ?? 0) * fx;
      const lower = (b.levels[at + b.side] ?? 0) * (1 - fx) + (b.levels[at + b.side + 1] ?? 0) * fx;
      const [va, vb] = [a.levels[row * side + column] ?? 0, upper * (1 - fy) + lower * fy];
      n += 1;
      sumA += va;
      sumB += vb;
      sumAA += va * va;
      sumBB += vb * vb;
      sumAB += va * vb;
    }
  }
  const spread = Math.sqrt((sumAA - (sumA * sumA) / n) * (sumBB - (sumB * sumB) / n));
  return spread > 0 ? Math.abs(sumAB - (sumA * sumB) / n) / spread : 0;
}
