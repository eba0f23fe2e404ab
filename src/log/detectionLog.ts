import { audit, bindDatabase, type Database } from '../database/index.js';
import { append } from './append.js';
import { claim, dropOldKeys, release, renew } from './claim.js';
import { eraseReferences } from './erase.js';
import { find, following, lastSeq, list, priors, stream } from './find.js';
import { rememberModel } from './model.js';
import { ping } from './ping.js';
import { statistics } from './statistics.js';
import { verify } from './verify.js';

/**
 * The detection log on Postgres or PGlite. Every method throws DatabaseUnavailable if the database is away.
 *
 * @example
 * const log = createDetectionLog(await openDatabase({ at: { dataDir: './data' } }));
 * const newest = await log.list({ state: 'findings' }, { limit: 50 });
 */
export function createDetectionLog({ kysely }: Pick<Database, 'kysely'>) {
  return bindDatabase(kysely, {
    append,
    audit,
    claim,
    dropOldKeys,
    eraseReferences,
    find,
    following,
    lastSeq,
    list,
    ping,
    priors,
    release,
    rememberModel,
    renew,
    statistics,
    stream,
    verify,
  });
}

export type DetectionLog = ReturnType<typeof createDetectionLog>;
