import { sql } from 'kysely';
import { append } from './append.js';
import { audit } from './audit.js';
import { claim, release } from './claim.js';
import type { Database } from './database.js';
import type { DetectionLog } from './entry.js';
import { eraseReferences } from './erase.js';
import { find, following, list, priors, stream } from './find.js';
import { rememberModel } from './model.js';
import { statistics } from './statistics.js';
import { verify } from './verify.js';

/** The detection log in a database. */
export function createDetectionLog({ kysely: db }: Pick<Database, 'kysely'>): DetectionLog {
  return {
    append: (entry) => append(db, entry),
    find: (id, filter) => find(db, id, filter),
    list: (filter, page) => list(db, filter, page),
    priors: (id) => priors(db, id),
    following: (seq, limit) => following(db, seq, limit),
    statistics: (filter) => statistics(db, filter),
    stream: (filter) => stream(db, filter),
    claim: (request) => claim(db, request),
    release: (request) => release(db, request),
    rememberModel: (model) => rememberModel(db, model),
    verify: () => verify(db),
    eraseReferences: (filter, actor) => eraseReferences(db, filter, actor),
    audit: (event) => audit(db, event),

    async lastSeq() {
      const { seq } = await db.selectFrom('chain_head').select('seq').executeTakeFirstOrThrow();
      return seq;
    },

    // A standby, a full disk and a read-only file system answer reads: only a commit tells.
    async ping() {
      await db
        .updateTable('heartbeat')
        .set({ at: sql<Date>`now()` })
        .execute();
    },
  };
}
