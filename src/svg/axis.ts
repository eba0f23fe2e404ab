/** Part of a number line, in data units. */
export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Equal distances for equal factors. */
  readonly logarithmic?: boolean;
}

/** From 0 to 1. */
export function shareAxis(title: string, ticks: readonly number[] = [0, 0.2, 0.4, 0.6, 0.8, 1]): Axis {
  return { title, from: 0, to: 1, ticks };
}

/**
 * An axis that covers all values, with about five round ticks: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param options `whole`: ticks are whole numbers, for counts
 *
 * @example
 * axisOver('films', [0, 37], { whole: true }).ticks; // [0, 10, 20, 30, 40]
 */
export function axisOver(title: string, values: readonly number[], options: { readonly whole?: boolean } = {}): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high > low ? high - low : Math.abs(high) || 1;
  const step = Math.max(options.whole === true ? 1 : 0, roundStep(span / 5));
  // Rounding must not add a tick if the step divides the span.
  const from = Math.floor(low / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => multiple(from + i, step));
  return { title, from: multiple(from, step), to: multiple(to, step), ticks };
}

/** The smallest of 1, 2, 5 times a power of ten that is no less than `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** n · step without the noise of binary fractions: 3 · 0.1 is 0.3. */
function multiple(n: number, step: number): number {
  return Number((n * step).toPrecision(12));
}

/** From data units to drawing units; values outside the axis are clamped to its ends. */
export function scale(
  { from, to, logarithmic }: Omit<Axis, 'title' | 'ticks'>,
  first: number,
  last: number,
): (value: number) => number {
  const measure = logarithmic === true ? Math.log : (value: number) => value;
  return (value) => {
    const share = (measure(Math.min(to, Math.max(from, value))) - measure(from)) / (measure(to) - measure(from));
    return first + share * (last - first);
  };
}
