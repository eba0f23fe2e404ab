import { bindDatabase, type Database } from '../database/index.js';
import { listCheckpoints } from './checkpoints/list.js';
import { originOf } from './checkpoints/origin.js';
import { proveConsistency } from './checkpoints/proveConsistency.js';
import { proveDetection } from './checkpoints/prove.js';
import { treeFaults } from './tree/treeFaults.js';

/**
 * What shows to others that the log is as it was: checkpoints, and proofs under them (docs/log.md). Every method throws
 * DatabaseUnavailable if the database is away.
 */
export function createLogProofs({ kysely }: Pick<Database, 'kysely'>) {
  return bindDatabase(kysely, { listCheckpoints, originOf, proveConsistency, proveDetection, treeFaults });
}

export type LogProofs = ReturnType<typeof createLogProofs>;
