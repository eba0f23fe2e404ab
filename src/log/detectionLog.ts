import { audit, bindDatabase, type Database } from '../database/index.js';
import { append } from './append.js';
import { claim, dropOldKeys, release, renew } from './claim.js';
import { count } from './count.js';
import { eraseReferences } from './erase.js';
import { find, lastSeq, stream } from './find.js';
import { following } from './following.js';
import { list } from './list.js';
import { rememberModel } from './model.js';
import { ping } from './ping.js';
import { priors, references } from './references.js';
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
    count,
    dropOldKeys,
    eraseReferences,
    find,
    following,
    lastSeq,
    list,
    ping,
    priors,
    references,
    release,
    rememberModel,
    renew,
    statistics,
    stream,
    verify,
  });
}

export type DetectionLog = ReturnType<typeof createDetectionLog>;
