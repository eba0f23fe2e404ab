import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.js';
import { eventFaults, type TreeFault } from './eventFaults.js';
import { type Comparison, firstDifference, type KnownRoot } from './firstDifference.js';
import { leafHash } from './hashes.js';
import { detectionLeaf, eventLeaf } from './leaves.js';
import { rootAt } from './proofs.js';
import { GrowingRoot } from './growingRoot.js';
import { MissingHashes, storedSubtrees } from './tiles.js';
import { type TreeEntry, treeEntries } from './treeEntries.js';

export interface TreeState {
  readonly size: number;
  /** Of the entries as they are, hex. */
  readonly root: string;
  readonly faults: readonly TreeFault[];
  /** For each root that was given, by size: whether the entries still have it. */
  readonly known: readonly { readonly size: number; readonly holds: boolean }[];
  /** The first thing that differs from what was signed; absent if nothing does, or if no root was given. */
  readonly first?: string;
}

export interface TreeOptions {
  /** From signed checkpoints, in any order. */
  readonly known?: readonly KnownRoot[];
  /** Detections whose content is not that of their hash, as `verify` finds them. */
  readonly changed?: ReadonlyMap<string, string>;
}

/**
 * Hashes every entry again and compares it with the tree, and the tree with roots that were signed. Time grows linearly
 * with the entries; a page of them is in memory at a time.
 */
export async function treeFaults(
  db: Kysely<Tables>,
  { known = [], changed = new Map() }: TreeOptions = {},
): Promise<TreeState> {
  const tree = await db.selectFrom('log_tree').select(['size', 'taken_seq']).executeTakeFirstOrThrow();
  const roots = known.toSorted((a, b) => a.size - b.size);
  const [entries, stored] = [new GrowingRoot(), new GrowingRoot()];
  const faults: TreeFault[] = [];
  const held = new Map<KnownRoot, Comparison>();
  const compare = (): void => {
    for (const one of roots)
      if (one.size === entries.size)
        held.set(one, { entries: same(entries.root(), one.root), stored: same(stored.root(), one.root) });
  };
  const order = { lastSeq: 0 };
  compare();
  for await (const page of treeEntries(db, tree.size)) {
    for (const entry of page) {
      const hash = hashOf(entry);
      const problem = problemOf(entry, hash, order) ?? changed.get(entry.detectionId ?? '');
      if (problem !== undefined) faults.push({ position: entry.position, id: nameOf(entry), problem });
      entries.add(hash ?? missing);
      stored.add(entry.stored ?? missing);
      compare();
    }
  }
  if (order.lastSeq < tree.taken_seq) {
    const problem = `detections are missing at the end of the tree: ${order.lastSeq + 1}…${tree.taken_seq}`;
    faults.push({ position: null, id: 'log_tree', problem });
  }
  if (!(await upperHashesFit(db, stored))) {
    const problem = 'its upper hashes are not those of its leaves';
    faults.push({ position: null, id: 'log_tiles', problem });
  }
  faults.push(...(await eventFaults(db, tree.size)));
  const first = firstDifference(roots, held, { size: tree.size, faults });
  return {
    size: tree.size,
    root: entries.root().toString('hex'),
    faults,
    known: roots.map((one) => ({ size: one.size, holds: held.get(one)?.entries ?? false })),
    ...(first !== undefined && { first }),
  };
}

const missing = Buffer.alloc(32);

function hashOf({ detection, event, salt }: TreeEntry): Buffer | undefined {
  if (detection !== undefined) return leafHash(detectionLeaf(detection));
  return event === undefined || salt === null ? undefined : leafHash(eventLeaf(event, salt));
}

function problemOf(entry: TreeEntry, hash: Buffer | undefined, order: { lastSeq: number }): string | undefined {
  const { detection, detectionId, eventId, stored } = entry;
  const expected = order.lastSeq + 1;
  if (detection !== undefined) order.lastSeq = detection.seq;
  else if (detectionId !== null) order.lastSeq = expected;
  if (detectionId === null && eventId === null) return 'what stood at this position is not known any more';
  if (hash === undefined) return 'it is gone';
  if (stored === undefined) return 'its hash is missing in the tree';
  if (!same(hash, stored)) return 'it is not what was taken into the tree';
  if (detection !== undefined && detection.seq !== expected) return 'it does not follow the detection before it';
  return undefined;
}

function nameOf({ position, detectionId, eventId }: TreeEntry): string {
  if (detectionId !== null) return detectionId;
  return eventId === null ? `entry ${position}` : `audit event ${eventId}`;
}

/** What proofs of large trees are made from. */
async function upperHashesFit(db: Kysely<Tables>, stored: GrowingRoot): Promise<boolean> {
  try {
    return same(await rootAt(stored.size, storedSubtrees(db)), stored.root());
  } catch (error) {
    if (error instanceof MissingHashes) return false;
    throw error;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
