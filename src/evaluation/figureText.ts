import type { Figure } from './measure.js';

/** `.61 [.52, .69]`; a dash where the figure is not defined. */
export function figureText({ value, low, high }: Figure): string {
  if (value === null) return '–';
  return low === null || high === null
    ? shortNumber(value)
    : `${shortNumber(value)} [${shortNumber(low)}, ${shortNumber(high)}]`;
}

/** Two decimals, without the zero in front: `.61`. */
export function shortNumber(value: number): string {
  return value.toFixed(2).replace(/^(-?)0\./, '$1.');
}
