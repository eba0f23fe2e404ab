import { rounded } from './tag.js';

/** In drawing units. */
export type Point = readonly [x: number, y: number];

/**
 * Path data (the `d` of a `<path>`) through points. An undefined point breaks the line. With `steps`, a value holds
 * until the next point.
 *
 * @example
 * path([[0, 1], [2, 3], undefined, [4, 5]]); // 'M0 1L2 3M4 5'
 */
export function path(points: readonly (Point | undefined)[], style: 'line' | 'steps' = 'line'): string {
  return points
    .map((point, i) => {
      if (point === undefined) return '';
      const [x, y] = [rounded(point[0]), rounded(point[1])];
      if (points[i - 1] === undefined) return `M${x} ${y}`;
      return style === 'steps' ? `H${x}V${y}` : `L${x} ${y}`;
    })
    .join('');
}
