import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.js';

/** How many attempts someone has made. */
export interface Attempts {
  /** In this minute, including the one just counted. */
  readonly attempts: number;
  /** Until the minute is over, in whole seconds. */
  readonly endsInS: number;
}

/**
 * Counts an attempt for each of the subjects, across all replicas: a minute begins with the first one. Subjects are
 * kept as digests and deleted when their minute is over: a name may be a password typed into the wrong field.
 */
export async function countAttempts(db: Kysely<Tables>, subjects: readonly string[]): Promise<readonly Attempts[]> {
  const digests = subjects.map((subject) => hash('sha256', subject));
  const { rows } = await sql<{ subject: string; attempts: number; ends_in_s: number }>`
    insert into login_attempts as before (subject, attempts, ends_at)
    select subject, 1, now() + interval '1 minute'
    from unnest(${[...digests].sort()}::text[]) as asked(subject) order by subject
    on conflict (subject) do update set
      attempts = case when before.ends_at <= now() then 1 else before.attempts + 1 end,
      ends_at = case when before.ends_at <= now() then excluded.ends_at else before.ends_at end
    returning subject, attempts, ceil(extract(epoch from ends_at - now()))::int as ends_in_s`.execute(db);
  if (rows.some(({ attempts }) => attempts === 1)) await forgetOld(db);
  return digests.map((digest) => {
    const row = rows.find(({ subject }) => subject === digest);
    if (row === undefined) throw new Error('an attempt was not counted');
    return { attempts: row.attempts, endsInS: row.ends_in_s };
  });
}

async function forgetOld(db: Kysely<Tables>): Promise<void> {
  await db
    .deleteFrom('login_attempts')
    .where('ends_at', '<', sql<Date>`now() - interval '1 minute'`)
    .execute();
}
