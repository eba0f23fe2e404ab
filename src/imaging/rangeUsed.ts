import type { Film } from './film.js';

/** Pixels to sample: enough for percentiles, few enough that the largest film costs milliseconds. */
const sampled = 1 << 20;

/**
 * The share of a film's value range between the 1st and the 99th percentile of its values (of all channels), 0…1: 0.06
 * for 12 bits stored in 16 without scaling, about 0.9 for a film that uses its full range. Burned-in letters make up
 * less than a percent and don't count.
 *
 * @param greatest 2^bits − 1
 *
 * @example
 * rangeUsed(Uint8Array.of(0, 51, 102, 255), 255); // 1
 */
export function rangeUsed(pixels: Uint8Array | Uint16Array, greatest: number): number {
  const { low, high } = outerLevels(pixels, greatest);
  return Math.round(((high - low) / greatest) * 1e4) / 1e4;
}

/**
 * Why a model without a window would see a uniform picture, in words that follow "the film"; undefined if it wouldn't.
 * Either the film uses less than a tenth of its range, at the dark end or (after inversion) at the bright one: 12 bits
 * in a 16-bit file without scaling look like that, and so does the upper byte of those. Or its file says that samples
 * have at most 14 bits, and none is greater.
 */
export function whyUnscaled({ pixels, facts, significantBits = facts.bits }: Film): string | undefined {
  const greatest = 2 ** facts.bits - 1;
  const { low, high } = outerLevels(pixels, greatest);
  const brightest = facts.preparation.inverted ? greatest - low : high;
  // In an 8-bit picture that is stored white, or has one level, no window would find more.
  const isDark = brightest < greatest * 0.1 && (facts.bits === 16 || high > low);
  if (isDark || (facts.bits === 16 && low > greatest * 0.9))
    return `uses less than a tenth of its ${facts.bits}-bit range`;
  return facts.bits === 16 && significantBits <= mostUnscaledBits && brightest < 2 ** significantBits
    ? `holds ${significantBits} bits in 16 without scaling, as its file says`
    : undefined;
}

/** If scaled, even a film that is dark except for a hundredth would use half of its range, not a quarter. */
const mostUnscaledBits = 14;

/** The 1st and the 99th percentile by nearest rank. */
function outerLevels(pixels: Uint8Array | Uint16Array, greatest: number): { low: number; high: number } {
  const step = Math.max(1, Math.floor(pixels.length / sampled));
  const histogram = new Uint32Array(greatest + 1);
  let total = 0;
  for (let i = 0; i < pixels.length; i += step) {
    histogram[pixels[i] ?? 0]! += 1;
    total += 1;
  }
  return { low: levelOf(histogram, Math.ceil(total * 0.01)), high: levelOf(histogram, Math.ceil(total * 0.99)) };
}

/** The level of the pixel of that rank, from 1. */
function levelOf(histogram: Uint32Array, rank: number): number {
  let count = 0;
  for (let level = 0; level < histogram.length; level++) {
    count += histogram[level] ?? 0;
    if (count >= Math.max(rank, 1)) return level;
  }
  return histogram.length - 1;
}
