/** A family of figures that can be computed for the films as they are and for any resample of them. */
export interface Measure<Name extends string> {
  /** How many cases each figure rests on: true boxes, films or detections, as the measure says. */
  readonly cases: Readonly<Record<Name, number>>;
  /**
   * The figures where film i counts `weights[i]` times (1 for all: the films as they are). NaN where one is not defined: a recall
   * without true boxes.
   */
  of(weights: Float64Array): Record<Name, number>;
}

/** A figure with its 95 % interval; null where it is not defined. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Cases that it rests on. */
  readonly n: number;
}

export type Figures<Name extends string> = Readonly<Record<Name, Figure>>;
