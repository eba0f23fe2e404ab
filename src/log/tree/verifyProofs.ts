import { emptyRoot, nodeHash } from './hashes.js';

/** What a consistency proof is about. */
export interface TwoTrees {
  readonly before: number;
  readonly after: number;
  readonly beforeRoot: Uint8Array;
  readonly afterRoot: Uint8Array;
}

/** Whether a proof leads from a leaf's hash to the root: RFC 9162, section 2.1.3.2. */
export function provesInclusion(
  leaf: Uint8Array,
  { position, size, root }: { readonly position: number; readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (position < 0 || position >= size) return false;
  let [node, last] = [position, size - 1];
  let hash: Uint8Array = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(hash, root);
}

/** Whether a proof shows that one tree extends another: RFC 9162, section 2.1.4.2. */
export function provesConsistency(
  { before, after, beforeRoot, afterRoot }: TwoTrees,
  proof: readonly Uint8Array[],
): boolean {
  if (before > after) return false;
  if (before === after) return proof.length === 0 && same(beforeRoot, afterRoot);
  if (before === 0) return proof.length === 0 && same(beforeRoot, emptyRoot);
  const hashes = Number.isInteger(Math.log2(before)) ? [beforeRoot, ...proof] : proof;
  const [first, ...rest] = hashes;
  if (first === undefined) return false;
  let [node, last] = [before - 1, after - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [old, young] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [old, young] = [nodeHash(hash, old), nodeHash(hash, young)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else young = nodeHash(young, hash);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(old, beforeRoot) && same(young, afterRoot);
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

/** Shifts would cut numbers to 32 bits. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
