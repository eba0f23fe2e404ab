import { alignedCorrelation } from './align.js';
import { type Fingerprint, hashDistance, type View } from './fingerprint.js';

export interface NearDuplicate {
  /** Indices in the list of fingerprints, first < second. */
  readonly first: number;
  readonly second: number;
  /** After alignment, 0 to 1. */
  readonly correlation: number;
}

/**
 * Chosen on the project's own sets. All chests look alike: of pairs of different patients one in a hundred has hashes
 * at most 14 bits apart, which is what a crop of 3 % costs. So the hash only says which pairs are worth a look, the
 * correlation of 32 × 32 pixels leaves four in a hundred, and that of 96 × 96 pixels after alignment decides. At 0.9
 * none of the 499,364 pairs of different patients in the cxr sets is taken for one film (the highest has 0.877), and 3
 * of the 2.5 million pairs of training and validation films in siim-covid19 are (0.902 to 0.911; people of similar
 * build): a person should look at each pair found. Of copies made of 24 films, all that were resized, compressed (JPEG,
 * quality 20), toned or inverted are found, 23 of those cropped by 3 %, and 17 of those with a wide black border.
 */
const limits = { hashDistance: 18, coarse: 0.55, aligned: 0.9 } as const;

/**
 * Pairs that are the same exposure: another size, file format, tone, compression, inversion, or a few per cent cut off.
 *
 * @param onCompared called after each film, once it has been compared with all before it
 */
export function findNearDuplicates(
  films: readonly Fingerprint[],
  isOfInterest: (first: number, second: number) => boolean,
  onCompared: () => void = () => {},
): NearDuplicate[] {
  const found: NearDuplicate[] = [];
  films.forEach((b, second) => {
    for (let first = 0; first < second; first++) {
      const a = films[first];
      if (a === undefined || !isOfInterest(first, second)) continue;
      const correlation = bestCorrelation(a, b);
      if (correlation >= limits.aligned) found.push({ first, second, correlation });
    }
    onCompared();
  });
  return found;
}

/** The best of any view with any other; 0 if no pair of views is worth a look. */
function bestCorrelation(a: Fingerprint, b: Fingerprint): number {
  let best = 0;
  for (const one of a)
    for (const other of b)
      if (mayBeSame(one, other)) best = Math.max(best, alignedCorrelation(one.detail, other.detail));
  return best;
}

function mayBeSame(a: View, b: View): boolean {
  const distance = hashDistance(a.hash, b.hash);
  // A negative has the opposite bits.
  if (Math.min(distance, 63 - distance) > limits.hashDistance) return false;
  let product = 0;
  for (let i = 0; i < a.coarse.length; i++) product += (a.coarse[i] ?? 0) * (b.coarse[i] ?? 0);
  return Math.abs(product) >= limits.coarse;
}
