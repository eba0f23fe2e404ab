import { createHash } from 'node:crypto';

/**
 * The hash chain over the rows (docs/decisions/0001-hash-chain.md):
 *
 *     hash = sha256(hash of the row before ‖ id ‖ sha256(report) ‖ sha256(candidates))
 *
 * with the id as its 16 bytes, the report's text without `externalId` (which may be erased later), and
 * the candidates with their floor as JSON with sorted keys (jsonb keeps values, not their order).
 */
export function chainHash(previous: Uint8Array, content: Uint8Array): Buffer {
  return createHash('sha256').update(previous).update(content).digest();
}

/** What a row adds to the chain: 80 bytes. */
export function chainContent(row: {
  readonly id: string;
  readonly report: object;
  readonly candidates: unknown;
  readonly candidateFloor: number;
}): Buffer {
  return Buffer.concat([
    Buffer.from(row.id.replaceAll('-', ''), 'hex'),
    sha256(withoutExternalId(row.report)),
    sha256(JSON.stringify(sorted({ candidates: row.candidates, floor: row.candidateFloor }))),
  ]);
}

/** Stands before the first row. */
export const genesis = Buffer.alloc(32);

/** The text of a report without its reference to a patient. */
export function withoutExternalId(report: object): string {
  return JSON.stringify({ ...report, externalId: undefined });
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

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
