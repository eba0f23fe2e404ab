/** A family of figures that can be computed for the films as they are, and for any resample of them. */
export interface Measure<Name extends string> {
  /** How many cases each figure rests on: true boxes, films or detections, as the measure says. */
  readonly cases: Readonly<Record<Name, number>>;
  /**
   * The figures if film i counts `weights[i]` times (1 for all: the films as they are). NaN if a figure is undefined,
   * such as a recall without true boxes.
   */
  of(weights: Float64Array): Record<Name, number>;
}

/** A figure with its 95 % interval; null if undefined. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Number of cases behind it. */
  readonly n: number;
}

export type Figures<Name extends string> = Readonly<Record<Name, Figure>>;

/** Weights with which every film counts once. */
export function once(films: number): Float64Array {
  return new Float64Array(films).fill(1);
}

/**
 * A figure in words; a dash if it is undefined.
 *
 * @example
 * figureText({ value: 0.614, low: 0.52, high: 0.69, n: 82 }); // '.61 [.52, .69]'
 */
export function figureText({ value, low, high }: Omit<Figure, 'n'>): string {
  if (value === null) return '–';
  return low === null || high === null
    ? shortNumber(value)
    : `${shortNumber(value)} [${shortNumber(low)}, ${shortNumber(high)}]`;
}

/** Two decimals, without the leading zero: `.61`. */
export function shortNumber(value: number): string {
  return value.toFixed(2).replace(/^(-?)0\./, '$1.');
}

/** Six decimals: as scores have them, more than any figure is worth, and the same text on every machine. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** A value as figures have it: rounded, null if it is NaN. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : rounded(value);
}
