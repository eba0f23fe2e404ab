import { emptyRoot, nodeHash } from './hashes.js';

/** The root of leaves that are added one by one, in memory for as many hashes as the tree has levels. */
export class GrowingRoot {
  /** Roots of the perfect subtrees from left to right, each larger than the next. */
  readonly #subtrees: { readonly size: number; readonly hash: Buffer }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: Buffer): void {
    let added = { size: 1, hash: leaf };
    for (let left = this.#subtrees.at(-1); left?.size === added.size; left = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      added = { size: 2 * added.size, hash: nodeHash(left.hash, added.hash) };
    }
    this.#subtrees.push(added);
    this.#size += 1;
  }

  root(): Buffer {
    const last = this.#subtrees.at(-1);
    if (last === undefined) return emptyRoot;
    return this.#subtrees.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right), last.hash);
  }
}
