import { createHash } from 'node:crypto';

/**
 * The hash chain over the rows (docs/decisions/0001-hash-chain.md):
 *
 *     hash = sha256(hash of the row before ‖ id ‖ sha256(report) ‖ sha256(candidates) ‖ references ‖ key)
 *
 * with the id as its 16 bytes, the report's text without `externalId` (which may be erased later), the candidates with
 * their floor as JSON with sorted keys (jsonb keeps values, not their order), and the salted digests of references and
 * idempotency key (seal.ts), 32 bytes each. Rows from before migration 0008 have no digests and end before them.
 */
export function chainHash(previous: Uint8Array, content: Uint8Array): Buffer {
  return createHash('sha256').update(previous).update(content).digest();
}

/** What a row adds to the chain: 144 bytes, or 80 without the digests. */
export function chainContent(row: {
  readonly id: string;
  readonly report: object;
  readonly candidates: unknown;
  readonly candidateFloor: number;
  readonly referencesDigest: Uint8Array | null;
  readonly keyDigest: Uint8Array | null;
}): Buffer {
  return Buffer.concat([
    Buffer.from(row.id.replaceAll('-', ''), 'hex'),
    sha256(withoutExternalId(row.report)),
    sha256(JSON.stringify(sorted({ candidates: row.candidates, floor: row.candidateFloor }))),
    row.referencesDigest ?? Buffer.alloc(0),
    row.keyDigest ?? Buffer.alloc(0),
  ]);
}

/** Stands before the first row. */
export const genesis = Buffer.alloc(32);

/** The text of a report without its reference to a patient. */
export function withoutExternalId(report: object): string {
  return JSON.stringify({ ...report, externalId: undefined });
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** The same value with the keys of every object sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
