import type { Kysely } from 'kysely';
import type { Tables } from '../../database/index.js';
import { messageOf } from '../../messageOf.js';
import { growTree } from '../tree/grow.js';
import { ensureLogKey } from './keyFile.js';
import type { SignedCheckpoint } from './note.js';
import { originOf } from './origin.js';
import { type CheckpointFiles, makeCheckpoint, sinceLastCheckpoint } from './sign.js';

export interface CheckpointOptions extends CheckpointFiles {
  /** A checkpoint is signed after this many entries … */
  readonly everyEntries: number;
  /** … and after this time, if there are new ones. */
  readonly everyMs: number;
  /** How often new entries are taken into the tree. */
  readonly growEveryMs: number;
  readonly onSigned: (checkpoint: SignedCheckpoint) => void;
  /** A key was made; its verifier key is for those who will check. */
  readonly onNewKey: (verifierKey: string) => void;
  /** Nothing was lost; it is tried again. Called once for a failure that stays the same. */
  readonly onError: (error: unknown) => void;
}

/**
 * Takes new entries into the tree and signs checkpoints until it is closed, which takes the last ones in and signs once
 * more. Appends never wait for it, and it survives a database that is away.
 */
export async function keepCheckpoints(
  db: Kysely<Tables>,
  options: CheckpointOptions,
): Promise<{ readonly close: () => Promise<void> }> {
  const madeKey = await ensureLogKey(options.keyFile, await originOf(db));
  if (madeKey !== undefined) options.onNewKey(madeKey);
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  let closing = false;
  let failure: string | undefined;
  const round = async (isLast: boolean): Promise<void> => {
    try {
      await takeNew(db, isLast ? batchesAtStop : Infinity, () => closing && !isLast);
      if (isLast || isDue(await sinceLastCheckpoint(db), options)) {
        const signed = await makeCheckpoint(db, options);
        if (signed !== undefined) options.onSigned(signed);
      }
      failure = undefined;
    } catch (error) {
      const said = messageOf(error);
      if (said !== failure) options.onError(error);
      failure = said;
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = round(false).finally(() => (busy = false));
  }, options.growEveryMs);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      closing = true;
      await running;
      await round(true);
    },
  };
}

/** A stop must not wait for a whole log from before there was a tree: the next start goes on with it. */
const batchesAtStop = 10;

async function takeNew(db: Kysely<Tables>, batches: number, isCut: () => boolean): Promise<void> {
  for (let taken = 0; taken < batches && !isCut(); taken++) if ((await growTree(db)) === 0) return;
}

function isDue(
  { entries, ageMs }: Awaited<ReturnType<typeof sinceLastCheckpoint>>,
  { everyEntries, everyMs }: Pick<CheckpointOptions, 'everyEntries' | 'everyMs'>,
): boolean {
  // Negative if the clock went back, or if entries are gone: making the checkpoint finds that.
  return entries !== 0 && (entries < 0 || entries >= everyEntries || ageMs === null || ageMs < 0 || ageMs >= everyMs);
}
