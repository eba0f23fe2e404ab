import type { TreeFault } from './eventFaults.js';

/** A root that the first `size` entries had. */
export interface KnownRoot {
  readonly size: number;
  readonly root: Uint8Array;
}

/** What a root was compared with. */
export interface Comparison {
  /** Whether the entries as they are have the root. */
  readonly entries: boolean;
  /** Whether the stored hashes have it: then they tell which entry differs. */
  readonly stored: boolean;
}

/**
 * The first thing that differs, in words; undefined if nothing does. Entries up to the last root that holds are as they
 * were signed: what differs first comes behind them.
 */
export function firstDifference(
  roots: readonly KnownRoot[],
  held: ReadonlyMap<KnownRoot, Comparison>,
  { size, faults }: { readonly size: number; readonly faults: readonly TreeFault[] },
): string | undefined {
  const broken = roots.find((one) => held.get(one)?.entries !== true);
  const from = Math.max(0, ...roots.filter((one) => held.get(one)?.entries === true).map((one) => one.size));
  const named = faults.find(({ position }) => position !== null && position >= from);
  if (broken === undefined) {
    // Content can differ from a hash that is as it was signed, and something can lie beside the tree.
    const [fault] = roots.length === 0 ? [] : faults;
    const place = fault?.position === null ? '' : `entry ${fault?.position}, `;
    return fault && `${place}${fault.id}: ${fault.problem}`;
  }
  const comparison = held.get(broken);
  if (named !== undefined && named.position !== null && named.position < broken.size) {
    const certainty = comparison?.stored === true ? '' : ' (the stored hashes were changed, too: others may differ)';
    return `entry ${named.position}, ${named.id}: ${named.problem}${certainty}`;
  }
  if (comparison === undefined && size < broken.size)
    return `the log ends at ${size} entries; ${roots.at(-1)?.size ?? 0} were signed`;
  return `one of the entries ${from}…${broken.size - 1}: all of them were hashed anew, so that none can be named`;
}
