import { hash, randomBytes } from 'node:crypto';
import type { DetectionEntry } from './entry.js';

/**
 * Salted digests of what may be erased later: the chain covers them instead of the content itself. The salt is stored
 * with the content and erased with it; without the salt nobody can test names or exam numbers against the digest.
 */
export interface Seal {
  /** 32 random bytes; null if there is no content. */
  readonly salt: Buffer | null;
  /** sha256(salt ‖ content), or zeros if there is no content. */
  readonly digest: Uint8Array;
}

/** Columns of film_references that point to a patient. */
export type ReferenceColumns = Readonly<Record<string, string | null>>;

export function sealReferences(columns: ReferenceColumns): Seal {
  return seal(referencesText(columns));
}

export function sealKey(submitter: string, idempotency: DetectionEntry['idempotency']): Seal {
  return seal(idempotency && keyText({ submitter, key: idempotency.key, body_sha256: idempotency.bodySha256 }));
}

/**
 * The columns that have a value, sorted by name: a column added by a later version changes nothing in old rows.
 */
export function referencesText(columns: ReferenceColumns): string | undefined {
  const there = Object.entries(columns).filter(([, value]) => value !== null);
  return there.length === 0 ? undefined : JSON.stringify(there.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function keyText(row: {
  readonly submitter: string;
  readonly key: string;
  readonly body_sha256: string;
}): string {
  return JSON.stringify([row.submitter, row.key, row.body_sha256]);
}

export function digestOf(salt: Uint8Array, text: string): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(text, 'utf8')]), 'buffer');
}

/** The digest of no content. */
export const nothing: Uint8Array = Buffer.alloc(32);

function seal(text: string | undefined): Seal {
  if (text === undefined) return { salt: null, digest: nothing };
  const salt = randomBytes(32);
  return { salt, digest: digestOf(salt, text) };
}
