import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.js';
import { firstIdAt } from './timeId.js';

/** A calendar month, UTC. `month` is 1…12. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

export function monthOf(time: Date): Month {
  return { year: time.getUTCFullYear(), month: time.getUTCMonth() + 1 };
}

function monthAfter({ year, month }: Month): Month {
  return month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
}

/** Creates the missing partitions of these months. Safe to call from several processes at once. */
export async function ensurePartitions(db: Kysely<Tables>, months: readonly Month[]): Promise<void> {
  for (const month of months) {
    if (!(await exists(db, partitionName(month)))) await create(db, month);
  }
}

/** This month and the next: all that is needed until the next check, even if a month ends in between. */
export function currentMonths(now = new Date()): readonly Month[] {
  const month = monthOf(now);
  return [month, monthAfter(month)];
}

function partitionName({ year, month }: Month): string {
  return `detections_${String(year).padStart(4, '0')}_${String(month).padStart(2, '0')}`;
}

async function exists(db: Kysely<Tables>, name: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select to_regclass(${name}) is not null as found`.execute(db);
  return rows[0]?.found === true;
}

async function create(db: Kysely<Tables>, month: Month): Promise<void> {
  const from = firstIdAt(startOf(month));
  const to = firstIdAt(startOf(monthAfter(month)));
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('lesion-detector.partitions'))`.execute(trx);
    // In the order in which appends lock them: a partition that keys point to locks all of these.
    await sql`lock table idempotency_keys, film_references, detection_boxes, detections in share row exclusive
      mode`.execute(trx);
    await sql`create table if not exists ${sql.table(partitionName(month))} partition of detections
      for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(trx);
  });
}

function startOf({ year, month }: Month): Date {
  return new Date(Date.UTC(year, month - 1, 1));
}
