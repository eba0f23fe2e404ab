import { type FitPlan, type HeadSpec, type ModelSpec, planFit } from '../../src/detector/index.js';
import { toySpec } from '../modelSpec.js';

export function tinySpec(change: Partial<ModelSpec> = {}): ModelSpec {
  return toySpec({ name: 'tiny', heads: [tinyHead()], ...change });
}

export function tinyHead(change: Partial<HeadSpec> = {}): HeadSpec {
  return { tensor: 'head0', stride: 32, anchors: [[20, 40]], scaleXY: 1, box: 'exp', ...change };
}

/** Values of one anchor at one cell, in channel order. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly anchor?: number;
  /** tx, ty, tw, th, objectness, classes… */
  readonly values: readonly number[];
}

/** A head of `columns × rows` cells filled with a value that makes no detection, but for the cells given. */
export function headOf(
  grid: { columns: number; rows: number; anchors?: number; classes?: number },
  cells: readonly Cell[],
  rest = -20,
): Float32Array {
  const { columns, rows, anchors = 1, classes = 1 } = grid;
  const head = new Float32Array(anchors * (5 + classes) * columns * rows).fill(rest);
  for (const { column, row, anchor = 0, values } of cells) {
    values.forEach((value, k) => {
      head[(anchor * (5 + classes) + k) * columns * rows + row * columns + column] = value;
    });
  }
  return head;
}

/** A film of exactly the size of the input: boxes go back unchanged. */
export function samePlan(spec: ModelSpec): FitPlan {
  return planFit(spec, { width: spec.input.width, height: spec.input.height });
}
