import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';

export interface AuditEvent {
  /** Problem code or action, e.g. `unsupported-image`, `login-failed`, `token-revoked`. */
  readonly code: string;
  readonly actor: string | null;
  readonly requestId: string | null;
  /** Where the caller came from; null on the command line. */
  readonly address: string | null;
  readonly sizeBytes?: number;
  readonly sha256?: string;
  readonly detail?: string;
}

/** Who does something that is recorded, and in which request. */
export type Actor = Pick<AuditEvent, 'actor' | 'requestId' | 'address'>;

/** Records an audit event. Pass the act's transaction as `db`, so that both commit or neither. */
export async function audit(
  db: Kysely<Tables>,
  { code, actor, requestId, address, sizeBytes, sha256, detail }: AuditEvent,
): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      code,
      actor,
      request_id: requestId,
      address,
      size_bytes: sizeBytes ?? null,
      sha256: sha256 ?? null,
      detail: detail ?? null,
    })
    .execute();
}
