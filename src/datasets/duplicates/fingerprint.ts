import { bandOf, contentOf, equalised, type GreyPicture, type Part, type Thumbnail, thumbnailOf } from './thumbnail.js';

/**
 * What a film is recognised by, whatever its size, tone and file format: a view of all of it and, if it seems to have
 * margins, one without them. Margins are a guess that another tone can change, so both are kept.
 */
export type Fingerprint = readonly View[];

export interface View {
  /** 64 bits, as two 32-bit integers. */
  readonly hash: readonly [number, number];
  /** 32 × 32 values with mean 0 and length 1: the dot product of two is their correlation. */
  readonly coarse: Float32Array;
  /** 96 × 96 values, for the comparison after alignment. */
  readonly detail: Thumbnail;
}

const coarseSide = 32;
const detailSide = 96;

/** The least side that pictures should have; more only costs time. */
export const pictureSide = 2 * detailSide;

export function fingerprintOf(picture: GreyPicture): Fingerprint {
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const content = contentOf(picture);
  const hasMargins = content.width < whole.width || content.height < whole.height;
  return hasMargins ? [viewOf(picture, whole), viewOf(picture, content)] : [viewOf(picture, whole)];
}

function viewOf(picture: GreyPicture, part: Part): View {
  const small = equalised(thumbnailOf(picture, coarseSide, part));
  return {
    hash: hashOf(small),
    coarse: unit(bandOf(small, 0, 3).levels),
    detail: bandOf(equalised(thumbnailOf(picture, detailSide, part)), 1.2, 6),
  };
}

/**
 * pHash (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.1.1): the 8 ×
 * 8 lowest frequencies of the cosine transform, each above their median or not. The mean level says nothing and is left
 * out.
 */
function hashOf({ side, levels }: Thumbnail): [number, number] {
  const waves = Array.from({ length: 8 }, (_, u) =>
    Float64Array.from({ length: side }, (__, x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * side))),
  );
  const values: number[] = [];
  for (const down of waves) {
    for (const across of waves) {
      let sum = 0;
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) sum += (levels[y * side + x] ?? 0) * (down[y] ?? 0) * (across[x] ?? 0);
      values.push(sum);
    }
  }
  const [, ...frequencies] = values;
  const median = [...frequencies].sort((a, b) => a - b)[31] ?? 0;
  const bits: [number, number] = [0, 0];
  frequencies.forEach((value, i) => {
    if (value > median) bits[i < 32 ? 0 : 1] |= 1 << (i % 32);
  });
  return bits;
}

/** Different bits of two hashes, 0 to 63. */
export function hashDistance([a1, a2]: View['hash'], [b1, b2]: View['hash']): number {
  return bitCount(a1 ^ b1) + bitCount(a2 ^ b2);
}

/** Counts bits in parallel (H. S. Warren, Hacker's Delight, 5–1). */
function bitCount(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function unit(values: Float32Array): Float32Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return values.map((value) => (length === 0 ? 0 : (value - mean) / length));
}
