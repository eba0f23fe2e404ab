import type { Selectable } from 'kysely';
import type { AuditEventsTable, DetectionsTable } from '../../database/index.js';

/** What the leaf of a detection needs: the row's place in the chain, whose hash covers all that was logged. */
export type LinkedRow = Pick<Selectable<DetectionsTable>, 'seq' | 'id' | 'previous_hash' | 'hash'>;

export type EventRow = Selectable<AuditEventsTable>;

/** Data of a detection's leaf: JSON, members in this order, without white space. */
export function detectionLeaf({ seq, id, previous_hash: previous, hash }: LinkedRow): string {
  return JSON.stringify({ kind: 'detection', seq, id, previous: hex(previous), hash: hex(hash) });
}

/**
 * Data of an audit event's leaf. Proofs of others show the hashes of their neighbours: without the salt, who did what
 * and when could be tried against them.
 */
export function eventLeaf(row: EventRow, salt: Uint8Array): string {
  return JSON.stringify({
    kind: 'audit',
    id: row.id,
    at: row.at.toISOString(),
    code: row.code,
    actor: row.actor,
    requestId: row.request_id,
    address: row.address,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    detail: row.detail,
    salt: hex(salt),
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
