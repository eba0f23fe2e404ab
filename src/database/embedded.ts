import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { unlessMissing } from '../fileErrors.js';
import type { Session, SessionPool, SessionRows } from './session.js';

/** Major version of the Postgres inside PGlite; a folder of another version is refused and left untouched. */
export const embeddedMajor = '18';

/**
 * Opens (or creates) an embedded Postgres in `folder`. The caller must hold the folder (hold.ts): two processes on one
 * folder would silently corrupt it.
 */
export async function openEmbedded(folder: string): Promise<SessionPool> {
  if ((await stat(folder).catch(unlessMissing)) === undefined) await create(folder);
  else await assertVersion(folder);
  return pooled(await PGlite.create({ dataDir: folder, startParams: sparing }));
}

/**
 * Postgres in WebAssembly touches its whole buffer at start: the default 128 MB would cost memory and time from the
 * first moment. What the buffer doesn't hold is in the operating system's cache.
 */
const sparing = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB'];

/** One session that callers take in turns. */
function pooled(database: PGlite): SessionPool {
  let last: Promise<void> = Promise.resolve();
  let ended = false;
  return {
    async acquire() {
      if (ended) throw new Error('PGlite is closed');
      const before = last;
      let release = (): void => undefined;
      last = new Promise((resolve) => (release = resolve));
      await before;
      return new EmbeddedSession(database, release);
    },
    async end() {
      ended = true;
      await last;
      if (!database.closed) await database.close();
    },
  };
}

/** Or a text with a semicolon in it, which is run the same way. */
const severalStatements = /;\s*\S/;

class EmbeddedSession implements Session {
  readonly #database: PGlite;
  readonly release: () => void;

  constructor(database: PGlite, release: () => void) {
    this.#database = database;
    this.release = release;
  }

  async query<Row>(sql: string, parameters: readonly unknown[]): Promise<SessionRows<Row>> {
    // As with Postgres, a text without parameters may hold several statements.
    if (parameters.length === 0 && severalStatements.test(sql)) {
      const last = (await this.#database.exec(sql)).at(-1);
      return { rows: (last?.rows ?? []) as Row[], affectedRows: last?.affectedRows ?? 0 };
    }
    const { rows, affectedRows } = await this.#database.query<Row>(sql, [...parameters]);
    return { rows, affectedRows: affectedRows ?? 0 };
  }
}

/**
 * V8 recompiles a WebAssembly function with optimisation after it has run for a moment: for Postgres that takes all
 * cores for a second while the service starts. With a hundred times V8's default budget, only functions that keep
 * running are optimised.
 */
setFlagsFromString('--wasm-tiering-budget=180000000');

/** Created next to its final place and then renamed: a process killed midway leaves nothing half-made behind. */
async function create(folder: string): Promise<void> {
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  try {
    const database = await PGlite.create({ dataDir: making, startParams: sparing });
    await database.close();
    await rename(making, folder);
  } catch (error) {
    // On a full disk, the incomplete folder would take space that everything else needs.
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

async function assertVersion(folder: string): Promise<void> {
  const major = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (major !== embeddedMajor) {
    throw new Error(
      `${folder} was written by Postgres ${major}, and this version embeds Postgres ${embeddedMajor}: ` +
        'it was left as it is. Copy it with the version that wrote it: `lesion-detector db copy --from DIR --to URL`.',
    );
  }
}
