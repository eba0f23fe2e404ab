/** Pixels that are looked at: enough for percentiles, few enough that the largest film costs milliseconds. */
const sampled = 1 << 20;

/**
 * The share of a film's value range that lies between the 1st and the 99th percentile of its values (of all
 * channels), 0…1: 0.06 for 12 bits that were stored in 16 without scaling, about 0.9 for a film that uses what it
 * has. Burned-in letters make up less than a percent and don't count.
 *
 * @param greatest 2^bits − 1
 *
 * @example
 * rangeUsed(Uint8Array.of(0, 51, 102, 255), 255); // 1
 */
export function rangeUsed(pixels: Uint8Array | Uint16Array, greatest: number): number {
  const step = Math.max(1, Math.floor(pixels.length / sampled));
  const histogram = new Uint32Array(greatest + 1);
  let total = 0;
  for (let i = 0; i < pixels.length; i += step) {
    histogram[pixels[i] ?? 0]! += 1;
    total += 1;
  }
  const span = levelOf(histogram, Math.ceil(total * 0.99)) - levelOf(histogram, Math.ceil(total * 0.01));
  return Math.round((span / greatest) * 1e4) / 1e4;
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
