import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { unlessMissing } from '../fileErrors.js';
import type { Session, SessionPool, SessionRows } from './session.js';

/** Major version of the Postgres inside PGlite; a folder of another one is refused, untouched. */
export const embeddedMajor = '18';

/**
 * Opens (or makes) an embedded Postgres in `folder`. The caller holds the folder (hold.ts): two processes
 * on one folder would corrupt it without a word.
 */
export async function openEmbedded(folder: string): Promise<SessionPool> {
  if ((await stat(folder).catch(unlessMissing)) === undefined) await create(folder);
  else await assertVersion(folder);
  return pooled(await PGlite.create({ dataDir: folder, startParams: sparing }));
}

/**
 * Postgres in WebAssembly touches its whole buffer when it starts: the 128 MB of its configuration are memory and time
 * from the first moment on. What is not in the buffer lies in the cache of the operating system.
 */
const sparing = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB'];

/** One session for all, in turns. */
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

class EmbeddedSession implements Session {
  readonly #database: PGlite;
  readonly release: () => void;

  constructor(database: PGlite, release: () => void) {
    this.#database = database;
    this.release = release;
  }

  async query<Row>(sql: string, parameters: readonly unknown[]): Promise<SessionRows<Row>> {
    const { rows, affectedRows } = await this.#database.query<Row>(sql, [...parameters]);
    return { rows, affectedRows: affectedRows ?? 0 };
  }
}

/**
 * V8 compiles a WebAssembly function once more, optimised, after it has run for a moment: for Postgres that is a second
 * of all cores while the service starts. A hundred times V8's own budget leaves it to the functions that go on running.
 */
setFlagsFromString('--wasm-tiering-budget=180000000');

/** Made beside its place and then moved there: a process killed in the middle leaves nothing half-made behind. */
async function create(folder: string): Promise<void> {
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  try {
    const database = await PGlite.create({ dataDir: making, startParams: sparing });
    await database.close();
    await rename(making, folder);
  } catch (error) {
    // On a full disk what was made so far would be in the way of everything else.
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

async function assertVersion(folder: string): Promise<void> {
  const major = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (major !== embeddedMajor) {
    throw new Error(
      `${folder} was written by Postgres ${major}, and this version embeds Postgres ${embeddedMajor}: it was ` +
        'left as it is. ' +
        'Copy it with the version that wrote it: `lesion-detector db copy --from DIR --to URL`.',
    );
  }
}
