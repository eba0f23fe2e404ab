import type { Cells } from './cells.js';

/** A cell counts as coloured if it is farther than this from the film's own tint, as a share of the range of values. */
const colourful = 0.05;

/**
 * The share of a picture, 0…1, whose colour its brightness does not explain. A film tinted blue or brown as a whole has
 * one tint for each grey level, and an arrow drawn on it colours a few cells; a photograph has many.
 */
export function colouredShare({ rgb, grey }: Cells): number {
  if (rgb === undefined) return 0;
  const [red, green, blue] = rgb;
  const range = greatest(rgb) - least(rgb);
  if (range === 0) return 0;
  const distances = [residuals(difference(red, green), grey), residuals(difference(blue, green), grey)];
  const coloured = grey.reduce(
    (count, _, i) => count + (Math.hypot(...distances.map((d) => d[i]!)) > colourful * range ? 1 : 0),
    0,
  );
  return coloured / grey.length;
}

/** Residuals of the values after a least-squares line through the grey levels. */
function residuals(values: Float64Array, grey: Float64Array): Float64Array {
  const meanValue = mean(values);
  const meanGrey = mean(grey);
  const variance = grey.reduce((sum, level) => sum + (level - meanGrey) ** 2, 0);
  const covariance = grey.reduce((sum, level, i) => sum + (level - meanGrey) * (values[i]! - meanValue), 0);
  const slope = variance === 0 ? 0 : covariance / variance;
  return values.map((value, i) => value - meanValue - slope * (grey[i]! - meanGrey));
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function greatest(planes: readonly Float64Array[]): number {
  return Math.max(...planes.map((plane) => plane.reduce((a, b) => Math.max(a, b))));
}

function least(planes: readonly Float64Array[]): number {
  return Math.min(...planes.map((plane) => plane.reduce((a, b) => Math.min(a, b))));
}
