import { hash } from 'node:crypto';

/**
 * The hash chain over the rows (docs/decisions/0001-hash-chain.md):
 *
 *     hash = sha256(hash of the row before ‖ id ‖ sha256(report) ‖ sha256(candidates) ‖ references ‖ key)
 *
 * with the id as its 16 bytes, the report's text without `externalId` (which may be erased later), the candidates with
 * their floor as JSON with sorted keys (jsonb keeps values, not key order), and the salted digests of references and
 * idempotency key (seal.ts), 32 bytes each. Rows older than migration 0008 have no digests: their content ends there.
 */
export function chainHash(previous: Uint8Array, content: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([previous, content]), 'buffer');
}

/** What a row adds to the chain: 144 bytes, or 80 without the digests. */
export function chainContent(row: {
  readonly id: string;
  /** The text of the report without `externalId`. */
  readonly chainedText: string;
  readonly candidates: unknown;
  readonly candidateFloor: number;
  readonly referencesDigest: Uint8Array | null;
  readonly keyDigest: Uint8Array | null;
}): Buffer {
  return Buffer.concat([
    Buffer.from(row.id.replaceAll('-', ''), 'hex'),
    sha256(row.chainedText),
    sha256(`{"candidates":${sortedJson(row.candidates)},"floor":${JSON.stringify(row.candidateFloor)}}`),
    row.referencesDigest ?? Buffer.alloc(0),
    row.keyDigest ?? Buffer.alloc(0),
  ]);
}

/** The hash before the first row. */
export const genesis = Buffer.alloc(32);

/** The text of a report without its reference to a patient. */
export function withoutExternalId(report: object): string {
  return JSON.stringify({ ...report, externalId: undefined });
}

export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** JSON of a value with the keys of every object sorted; integer keys come first, in numeric order. */
export function sortedJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => sortedJson(item ?? null)).join(',')}]`;
  const members = inOrder(Object.entries(value).filter(([, inner]) => inner !== undefined));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${sortedJson(inner)}`).join(',')}}`;
}

/**
 * JavaScript objects list integer keys such as "7" first, in any insertion order; hashes of older rows depend on it.
 */
function inOrder(members: [key: string, value: unknown][]): readonly (readonly [key: string, value: unknown])[] {
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return members.some(([key]) => /^\d/.test(key)) ? Object.entries(Object.fromEntries(members)) : members;
}
