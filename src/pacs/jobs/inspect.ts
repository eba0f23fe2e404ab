import { sql } from 'kysely';
import type { Database } from '../../database/index.js';
import { isInstalled, queueSchema } from './install.js';
import { queueName } from './queue.js';

/** How many films of a source are where. `retry`: failed, and tried again later. `failed`: not tried any more. */
export interface FilmCounts {
  readonly source: string;
  readonly waiting: number;
  readonly active: number;
  readonly retry: number;
  readonly failed: number;
  readonly done: number;
}

/** A film that isn't tried any more, or is tried again. Nothing of it points to a patient. */
export interface TroubledFilm {
  readonly id: string;
  readonly source: string;
  readonly state: 'retry' | 'failed';
  readonly tries: number;
  /** Why the last try failed. */
  readonly code: string;
  readonly message: string;
  readonly since: Date;
  readonly nextTry: Date | null;
}

const jobs = sql.table(`${queueSchema}.job`);

/** By source, in the order of their names; none if there was never a job. */
export async function countFilms(database: Pick<Database, 'kysely'>): Promise<readonly FilmCounts[]> {
  if (!(await isInstalled(database))) return [];
  const { rows } = await sql<FilmCounts>`
    select data ->> 'source' as source,
      (count(*) filter (where state = 'created'))::int as waiting,
      (count(*) filter (where state = 'active'))::int as active,
      (count(*) filter (where state = 'retry'))::int as retry,
      (count(*) filter (where state = 'failed'))::int as failed,
      (count(*) filter (where state = 'completed'))::int as done
    from ${jobs} where name = ${queueName} group by 1 order by 1`.execute(database.kysely);
  return rows;
}

/** Newest first, at most 1,000. */
export async function troubledFilms(database: Pick<Database, 'kysely'>): Promise<readonly TroubledFilm[]> {
  if (!(await isInstalled(database))) return [];
  const { rows } = await sql<TroubledFilm>`
    select id::text as id, data ->> 'source' as source, state::text as state,
      retry_count + 1 as tries, coalesce(output ->> 'code', 'lost') as code,
      coalesce(output ->> 'message', 'Its worker ended, or took too long.') as message, created_on as since,
      case when state = 'retry' then start_after end as "nextTry"
    from ${jobs} where name = ${queueName} and state in ('retry', 'failed')
    order by state desc, created_on desc limit 1000`.execute(database.kysely);
  return rows;
}

/**
 * Has films tried again at once that were given up or wait for their next try.
 *
 * @param ids all of them if undefined
 * @returns how many
 */
export async function requeueFilms(database: Pick<Database, 'kysely'>, ids?: readonly string[]): Promise<number> {
  if (!(await isInstalled(database))) return 0;
  const chosen = ids === undefined ? sql`true` : sql`id = any(${ids}::uuid[])`;
  const { numAffectedRows } = await sql`
    update ${jobs} set state = 'retry', start_after = now(), completed_on = null, started_on = null, retry_count = 0
    where name = ${queueName} and state in ('retry', 'failed') and ${chosen}`.execute(database.kysely);
  return Number(numAffectedRows ?? 0);
}
