import { emptyRoot, nodeHash } from './hashes.js';

/** Gives the hash of a perfect subtree: leaves index · 2^level … (index + 1) · 2^level - 1, all of them there. */
export type PerfectSubtree = (level: number, index: number) => Promise<Buffer>;

/** Root over the first `size` leaves: MTH of RFC 6962, section 2.1. */
export async function rootAt(size: number, subtree: PerfectSubtree): Promise<Buffer> {
  return size === 0 ? emptyRoot : rangeHash(0, size, subtree);
}

/**
 * Hashes that lead from leaf `position` to the root over `size` leaves, nearest first: PATH of RFC 6962, section 2.1.1.
 *
 * @throws RangeError if there is no such leaf
 */
export async function inclusionProof(position: number, size: number, subtree: PerfectSubtree): Promise<Buffer[]> {
  if (position < 0 || position >= size) throw new RangeError(`leaf ${position} is not among the first ${size}`);
  return path(position, { begin: 0, end: size }, subtree);
}

/**
 * Hashes that show that the first `before` of `after` leaves are those of a tree of `before` leaves: PROOF of RFC 6962,
 * section 2.1.2. Nothing needs to be shown if one is empty or both are equal.
 *
 * @throws RangeError if before > after
 */
export async function consistencyProof(before: number, after: number, subtree: PerfectSubtree): Promise<Buffer[]> {
  if (before > after) throw new RangeError(`${before} leaves are not among the first ${after}`);
  return before === 0 || before === after ? [] : subproof(before, { begin: 0, end: after }, subtree);
}

/** begin ≤ leaf < end, with begin a multiple of the smallest power of two that is not below end - begin. */
interface Range {
  readonly begin: number;
  readonly end: number;
}

async function path(position: number, { begin, end }: Range, subtree: PerfectSubtree): Promise<Buffer[]> {
  if (end - begin === 1) return [];
  const middle = begin + splitOf(end - begin);
  return position < middle
    ? [...(await path(position, { begin, end: middle }, subtree)), await rangeHash(middle, end, subtree)]
    : [...(await path(position, { begin: middle, end }, subtree)), await rangeHash(begin, middle, subtree)];
}

/** SUBPROOF of RFC 6962; the old tree's root itself, which the reader has, is left out. */
async function subproof(before: number, { begin, end }: Range, subtree: PerfectSubtree): Promise<Buffer[]> {
  if (before === end) return begin === 0 ? [] : [await rangeHash(begin, end, subtree)];
  const middle = begin + splitOf(end - begin);
  return before <= middle
    ? [...(await subproof(before, { begin, end: middle }, subtree)), await rangeHash(middle, end, subtree)]
    : [...(await subproof(before, { begin: middle, end }, subtree)), await rangeHash(begin, middle, subtree)];
}

async function rangeHash(begin: number, end: number, subtree: PerfectSubtree): Promise<Buffer> {
  const size = end - begin;
  const level = Math.log2(size);
  if (Number.isInteger(level)) return subtree(level, begin / size);
  const middle = begin + splitOf(size);
  return nodeHash(await rangeHash(begin, middle, subtree), await rangeHash(middle, end, subtree));
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
