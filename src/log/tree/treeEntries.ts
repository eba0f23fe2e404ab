import { type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Tables } from '../../database/index.js';
import { hashBytes } from './hashes.js';
import type { EventRow, LinkedRow } from './leaves.js';
import { tileHashes } from './tiles.js';

/** What stands, or should stand, at a position of the tree. */
export interface TreeEntry {
  readonly position: number;
  /** Both null if nothing says what stood there. */
  readonly detectionId: string | null;
  readonly eventId: number | null;
  readonly salt: Uint8Array | null;
  /** The row as it is now; undefined if it is gone. */
  readonly detection: LinkedRow | undefined;
  readonly event: EventRow | undefined;
  /** Hash of the leaf in the tree. */
  readonly stored: Buffer | undefined;
}

const pageTiles = 8;
const pageEntries = pageTiles * tileHashes;

/** Positions 0 … size - 1, page by page, whether anything is there or not. */
export async function* treeEntries(db: Kysely<Tables>, size: number): AsyncGenerator<readonly TreeEntry[], void> {
  for (let from = 0; from < size; from += pageEntries)
    yield await entriesBetween(db, from, Math.min(size, from + pageEntries));
}

async function entriesBetween(db: Kysely<Tables>, from: number, to: number): Promise<readonly TreeEntry[]> {
  const leaves = await db
    .selectFrom('log_leaves')
    .selectAll()
    .where('position', '>=', from)
    .where('position', '<', to)
    .execute();
  const detections = await detectionsOf(
    db,
    leaves.flatMap(({ detection_id: id }) => id ?? []),
  );
  const events = await eventsOf(
    db,
    leaves.flatMap(({ event_id: id }) => id ?? []),
  );
  const hashes = await storedHashes(db, from);
  const byPosition = new Map(leaves.map((leaf) => [leaf.position, leaf]));
  return Array.from({ length: to - from }, (_, i) => {
    const { detection_id: detectionId = null, event_id: eventId = null, salt = null } = byPosition.get(from + i) ?? {};
    return {
      position: from + i,
      detectionId,
      eventId,
      salt,
      detection: detections.get(detectionId ?? ''),
      event: events.get(eventId ?? -1),
      stored: hashes.get(from + i),
    };
  });
}

async function detectionsOf(db: Kysely<Tables>, ids: readonly string[]): Promise<ReadonlyMap<string, LinkedRow>> {
  const rows = await db
    .selectFrom('detections')
    .select(['seq', 'id', 'previous_hash', 'hash'])
    .where(isOneOf(ids, 'uuid'))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function eventsOf(db: Kysely<Tables>, ids: readonly number[]): Promise<ReadonlyMap<number, EventRow>> {
  const rows = await db.selectFrom('audit_events').selectAll().where(isOneOf(ids, 'bigint')).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** A single parameter for all ids. */
function isOneOf(ids: readonly (string | number)[], type: 'uuid' | 'bigint'): RawBuilder<SqlBool> {
  return sql`id = any(${`{${ids.join()}}`}::${sql.raw(type)}[])`;
}

async function storedHashes(db: Kysely<Tables>, from: number): Promise<ReadonlyMap<number, Buffer>> {
  const firstTile = from / tileHashes;
  const tiles = await db
    .selectFrom('log_tiles')
    .select(['tile', 'hashes'])
    .where('level', '=', sql<number>`0::smallint`)
    .where('tile', '>=', firstTile)
    .where('tile', '<', firstTile + pageTiles)
    .execute();
  const found = new Map<number, Buffer>();
  for (const { tile, hashes } of tiles)
    for (let i = 0; i < hashes.length / hashBytes; i++)
      found.set(tile * tileHashes + i, Buffer.from(hashes.subarray(i * hashBytes, (i + 1) * hashBytes)));
  return found;
}
