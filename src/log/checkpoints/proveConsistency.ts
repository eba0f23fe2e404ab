import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.js';
import { consistencyProof } from '../tree/proofs.js';
import { storedSubtrees } from '../tree/tiles.js';
import { provesConsistency } from '../tree/verifyProofs.js';
import { CheckpointError, type SignedCheckpoint } from './note.js';

/** Shows that one checkpoint extends another; docs/verify_log.py checks it without our code. */
export interface ConsistencyProof {
  readonly before: string;
  readonly after: string;
  /** Hex. */
  readonly hashes: readonly string[];
}

/**
 * Proves that the entries under one checkpoint are the first ones under another, whichever of the two is given first.
 *
 * @returns undefined if they are not, or if this log can't prove it: its tree is not the one that was signed
 * @throws CheckpointError if they are of two logs, or if the log has fewer entries than were signed
 */
export async function proveConsistency(
  db: Kysely<Tables>,
  one: SignedCheckpoint,
  other: SignedCheckpoint,
): Promise<ConsistencyProof | undefined> {
  if (one.origin !== other.origin)
    throw new CheckpointError(`the checkpoints are of two logs: ${one.origin} and ${other.origin}`);
  const [before, after] = one.size <= other.size ? [one, other] : [other, one];
  const { size } = await db.selectFrom('log_tree').select('size').executeTakeFirstOrThrow();
  if (after.size > size)
    throw new CheckpointError(`the log has ${size} entries, and the checkpoint ${after.size}: it can't be proven here`);
  const proof = await consistencyProof(before.size, after.size, storedSubtrees(db));
  const trees = { before: before.size, after: after.size, beforeRoot: before.root, afterRoot: after.root };
  if (!provesConsistency(trees, proof)) return undefined;
  return { before: before.note, after: after.note, hashes: proof.map((hash) => hash.toString('hex')) };
}
