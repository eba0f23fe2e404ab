import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../database/index.js';

export interface TreeFault {
  /** Place in the tree; null for what has none. */
  readonly position: number | null;
  /** Of the detection, or `audit event 7`. */
  readonly id: string;
  readonly problem: string;
}

/** Audit events compared by one statement. */
const windowEvents = 10_000;

/** Audit events that are neither in the tree nor on their way into it, and what is said to be there and is not. */
export async function eventFaults(db: Kysely<Tables>, size: number): Promise<TreeFault[]> {
  const { rows: ends } = await sql<{ first: number | null; last: number | null }>`
    select min(id) as first, max(id) as last from audit_events`.execute(db);
  const { first, last } = { first: ends[0]?.first ?? 0, last: ends[0]?.last ?? -1 };
  const faults: TreeFault[] = [];
  for (let after = first - 1; after < last; after += windowEvents) {
    const { rows } = await sql<{ id: number }>`
      select id from audit_events as event
      where id > ${after} and id <= ${after + windowEvents}
        and not exists (select from log_leaves where event_id = event.id)
        and not exists (select from untaken_events where event_id = event.id)
      order by id`.execute(db);
    faults.push(...rows.map(({ id }) => fault(`audit event ${id}`, 'it was put in past the tree')));
  }
  const { rows: gone } = await sql<{ id: number }>`
    select event_id as id from untaken_events
    where not exists (select from audit_events where id = event_id) order by event_id`.execute(db);
  faults.push(...gone.map(({ id }) => fault(`audit event ${id}`, 'it was deleted before it came into the tree')));
  const beyond = await db
    .selectFrom('log_leaves')
    .select('position')
    .where('position', '>=', size)
    .where('position', '>=', (eb) => eb.selectFrom('log_tree').select('log_tree.size'))
    .execute();
  faults.push(...beyond.map(({ position }) => fault(`entry ${position}`, 'it lies behind the end of the tree')));
  return faults;
}

function fault(id: string, problem: string): TreeFault {
  return { position: null, id, problem };
}
