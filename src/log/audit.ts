import type { Kysely } from 'kysely';
import type { AuditEvent } from './entry.js';
import type { Tables } from './tables.js';

/** Takes down what happened; in the transaction of an act there is neither the act without its event nor the event without its act. */
export async function audit(
  db: Kysely<Tables>,
  { code, actor, requestId, sizeBytes, sha256, detail }: AuditEvent,
): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      code,
      actor,
      request_id: requestId,
      size_bytes: sizeBytes ?? null,
      sha256: sha256 ?? null,
      detail: detail ?? null,
    })
    .execute();
}
