import type { Kysely } from 'kysely';
import { isUuid, type Tables } from '../../database/index.js';
import { chainContent, withoutExternalId } from '../chain.js';
import { parseReport } from '../row.js';
import { detectionLeaf } from '../tree/leaves.js';
import { inclusionProof } from '../tree/proofs.js';
import { storedSubtrees } from '../tree/tiles.js';

/** Shows that a detection stands under a checkpoint; docs/verify_log.py checks it without our code. */
export interface DetectionProof {
  /** Data of the leaf: its place in the chain, and the hash over its content. */
  readonly entry: string;
  readonly position: number;
  /** Entries under the checkpoint. */
  readonly size: number;
  /** From the leaf to the root, hex. */
  readonly hashes: readonly string[];
  /** What the hash in `entry` covers. */
  readonly content: {
    /** The report without `externalId`, which may be erased. */
    readonly report: string;
    readonly candidatesSha256: string;
    /** Salted; null in rows from before there were such digests. */
    readonly referencesDigest: string | null;
    readonly keyDigest: string | null;
  };
  /** Signed note. */
  readonly checkpoint: string;
  /** Of the key that signed it. Trust only a key that you got another way. */
  readonly verifierKey: string;
}

export type ProofAnswer = DetectionProof | 'not-found' | 'not-yet';

/** Under the newest checkpoint, or under that of `size`. `not-yet` if none covers the detection so far. */
export async function proveDetection(
  db: Kysely<Tables>,
  id: string,
  { size }: { readonly size?: number } = {},
): Promise<ProofAnswer> {
  if (!isUuid(id)) return 'not-found';
  const row = await db.selectFrom('detections').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return 'not-found';
  const leaf = await db.selectFrom('log_leaves').select('position').where('detection_id', '=', id).executeTakeFirst();
  if (leaf === undefined) return 'not-yet';
  let query = db.selectFrom('log_checkpoints').selectAll().where('size', '>', leaf.position);
  if (size !== undefined) query = query.where('size', '=', size);
  const checkpoint = await query.orderBy('size', 'desc').limit(1).executeTakeFirst();
  if (checkpoint === undefined) return 'not-yet';
  const report = parseReport(row.report);
  if (report === undefined) throw new SyntaxError(`the row ${id} does not hold a report`);
  const chainedText = withoutExternalId(report);
  const content = chainContent({
    id,
    chainedText,
    candidates: row.candidates,
    candidateFloor: row.candidate_floor,
    referencesDigest: row.references_digest,
    keyDigest: row.key_digest,
  });
  const proof = await inclusionProof(leaf.position, checkpoint.size, storedSubtrees(db));
  return {
    entry: detectionLeaf(row),
    position: leaf.position,
    size: checkpoint.size,
    hashes: proof.map(hex),
    content: {
      report: chainedText,
      // id (16 bytes), report (32), candidates (32), …
      candidatesSha256: hex(content.subarray(48, 80)),
      referencesDigest: row.references_digest && hex(row.references_digest),
      keyDigest: row.key_digest && hex(row.key_digest),
    },
    checkpoint: checkpoint.note,
    verifierKey: checkpoint.verifier_key,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
