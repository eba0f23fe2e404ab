import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../database/index.js';
import { hashBytes, nodeHash } from './hashes.js';
import type { PerfectSubtree } from './proofs.js';

/**
 * The tree's hashes lie in tiles of 256, as in C2SP's tlog-tiles: tile n of level l holds the roots of subtrees of
 * 256^l leaves. A proof reads a few tiles, and a leaf takes 32 bytes.
 */
export const tileHashes = 256;
const levelsOfTile = 8;

/** Reads perfect subtrees from the stored tiles; each tile once. The tree may have grown meanwhile. */
export function storedSubtrees(db: Kysely<Tables>): PerfectSubtree {
  const read = new Map<string, Promise<Buffer>>();
  const hashesOf = (level: number, tile: number): Promise<Buffer> => {
    const key = `${level}/${tile}`;
    const known = read.get(key) ?? readTile(db, level, tile);
    read.set(key, known);
    return known;
  };
  return async (level, index) => {
    const height = level % levelsOfTile;
    const first = index * 2 ** height;
    const tile = Math.floor(first / tileHashes);
    const tileLevel = (level - height) / levelsOfTile;
    const hashes = await hashesOf(tileLevel, tile);
    const from = (first % tileHashes) * hashBytes;
    const covered = hashes.subarray(from, from + 2 ** height * hashBytes);
    if (covered.length < 2 ** height * hashBytes) throw new MissingHashes(tileLevel, tile);
    return rootOf(covered);
  };
}

/** The stored tree lacks hashes that its size promises. */
export class MissingHashes extends Error {
  override readonly name = 'MissingHashes';

  constructor(level: number, tile: number) {
    super(`hashes of the tree are missing: level ${level}, tile ${tile}`);
  }
}

/** Adds the hashes of leaves behind the first `size`. In the transaction that changes the tree's size. */
export async function addToTiles(db: Kysely<Tables>, size: number, leaves: readonly Buffer[]): Promise<void> {
  let [level, before, added] = [0, size, leaves];
  while (added.length > 0) {
    const filled: Buffer[] = [];
    const firstTile = Math.floor(before / tileHashes);
    const old = before % tileHashes === 0 ? Buffer.alloc(0) : await readTile(db, level, firstTile);
    if (old.length !== (before % tileHashes) * hashBytes) throw new MissingHashes(level, firstTile);
    const hashes = Buffer.concat([old, ...added]);
    const tileBytes = tileHashes * hashBytes;
    for (let from = 0; from < hashes.length; from += tileBytes) {
      const tile = hashes.subarray(from, from + tileBytes);
      await writeTile(db, { level, tile: firstTile + from / tileBytes, hashes: tile });
      if (tile.length === tileBytes) filled.push(rootOf(tile));
    }
    [level, before, added] = [level + 1, firstTile, filled];
  }
}

async function writeTile(db: Kysely<Tables>, row: Tables['log_tiles']): Promise<void> {
  await db
    .insertInto('log_tiles')
    .values(row)
    .onConflict((oc) => oc.columns(['level', 'tile']).doUpdateSet((eb) => ({ hashes: eb.ref('excluded.hashes') })))
    .execute();
}

async function readTile(db: Kysely<Tables>, level: number, tile: number): Promise<Buffer> {
  const row = await db
    .selectFrom('log_tiles')
    .select('hashes')
    .where('level', '=', sql<number>`${level}::smallint`)
    .where('tile', '=', tile)
    .executeTakeFirst();
  return Buffer.from(row?.hashes ?? []);
}

/** Root over hashes side by side; their number is a power of two. */
function rootOf(hashes: Buffer): Buffer {
  if (hashes.length === hashBytes) return hashes;
  const middle = hashes.length / 2;
  return nodeHash(rootOf(hashes.subarray(0, middle)), rootOf(hashes.subarray(middle)));
}
