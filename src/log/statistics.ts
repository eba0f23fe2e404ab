import { type Kysely, type RawBuilder, sql } from 'kysely';
import { firstIdAt, type Tables } from '../database/index.js';
import { type Tally, type TallyRow, TallySum, unpacked, type UnpackedRow } from './tally.js';

/** Which rows to count: those with from ≤ createdAt < to. */
export interface StatisticsFilter {
  readonly from: Date;
  readonly to: Date;
  readonly model?: string;
  readonly submitter?: string;
  /** Makes `days` hours, `2026-11-21T09`. For a few days at most: every row is counted. */
  readonly byHour?: boolean;
}

export interface Statistics {
  /** Days (UTC) with films, in order. */
  readonly days: readonly (Tally & { readonly day: string })[];
  readonly models: readonly (Tally & { readonly name: string; readonly version: string })[];
  readonly submitters: readonly (Tally & { readonly name: string })[];
  /** Why films were not analysed, most frequent first. */
  readonly reasons: readonly { readonly code: string; readonly films: number }[];
  readonly total: Tally;
}

/**
 * Counts and quantiles over the rows of a period, as of one moment, from the daily sums. Only partial days at its ends
 * are counted row by row.
 *
 * @example
 * const to = new Date();
 * const { total } = await log.statistics({ from: new Date(to.getTime() - 30 * 24 * 3600_000), to });
 */
export async function statistics(db: Kysely<Tables>, filter: StatisticsFilter): Promise<Statistics> {
  const rows = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => (await tallyRows(trx, filter)).map(unpacked));
  const total = new TallySum();
  for (const row of rows) total.add(row);
  return {
    days: groups(rows, (row) => [row.day]).map(([[day = ''], tally]) => ({ day, ...tally })),
    models: groups(rows, (row) => [row.model_name, row.model_version]).map(([[name = '', version = ''], tally]) => ({
      name,
      version,
      ...tally,
    })),
    submitters: groups(rows, (row) => [row.submitter]).map(([[name = ''], tally]) => ({ name, ...tally })),
    reasons: reasonsOf(rows),
    total: total.tally(),
  };
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

async function tallyRows(trx: Kysely<Tables>, filter: StatisticsFilter): Promise<readonly TallyRow[]> {
  const [from, to] = [filter.from.getTime(), filter.to.getTime()];
  if (filter.byHour === true) return countedByHour(trx, from, to, filter);
  const [firstDay, beyondDay] = [Math.ceil(from / dayMs) * dayMs, Math.floor(to / dayMs) * dayMs];
  if (firstDay > beyondDay) return counted(trx, from, to, filter);
  return [
    ...(from < firstDay ? await counted(trx, from, firstDay, filter) : []),
    ...(firstDay < beyondDay ? await kept(trx, firstDay, beyondDay, filter) : []),
    ...(beyondDay < to ? await counted(trx, beyondDay, to, filter) : []),
  ];
}

async function kept(db: Kysely<Tables>, from: number, to: number, filter: StatisticsFilter) {
  const { rows } = await sql<TallyRow>`
    select ${columns}
    from film_tallies
    where day >= ${dayOf(from)}::date and day < ${dayOf(to)}::date ${ofFilter(filter)}`.execute(db);
  return rows;
}

async function counted(db: Kysely<Tables>, from: number, to: number, filter: StatisticsFilter) {
  const { rows } = await sql<TallyRow>`
    select ${columns}
    from tallies_of_rows(${firstIdAt(new Date(from))}, ${firstIdAt(new Date(to))})
    where true ${ofFilter(filter)}`.execute(db);
  return rows;
}

async function countedByHour(db: Kysely<Tables>, from: number, to: number, filter: StatisticsFilter) {
  const hours: RawBuilder<unknown>[] = [];
  for (let hour = Math.floor(from / hourMs) * hourMs; hour < to; hour += hourMs) {
    const [first, beyond] = [Math.max(from, hour), Math.min(to, hour + hourMs)].map((at) => firstIdAt(new Date(at)));
    hours.push(sql`(${new Date(hour).toISOString().slice(0, 13)}::text, ${first}::uuid, ${beyond}::uuid)`);
  }
  if (hours.length === 0) return [];
  const { rows } = await sql<TallyRow>`
    select hours.name as day, ${counts}
    from (values ${sql.join(hours)}) as hours (name, first, beyond)
    cross join lateral tallies_of_rows(hours.first, hours.beyond)
    where true ${ofFilter(filter)}`.execute(db);
  return rows;
}

// The day as text: drivers turn a date into a local midnight.
const counts = sql.raw(
  `model_name, model_version, submitter, findings, below_threshold, not_analysed, reasons, scores, latencies`,
);
const columns = sql`to_char(day, 'YYYY-MM-DD') as day, ${counts}`;

function ofFilter({ model, submitter }: StatisticsFilter): RawBuilder<unknown> {
  return sql`${model === undefined ? sql`` : sql`and model_name = ${model}`}
    ${submitter === undefined ? sql`` : sql`and submitter = ${submitter}`}`;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** One tally for each combination of the keys, in their order. */
function groups(
  rows: readonly UnpackedRow[],
  keysOf: (row: UnpackedRow) => readonly string[],
): readonly (readonly [keys: readonly string[], tally: Tally])[] {
  const byKeys = new Map<string, { readonly keys: readonly string[]; readonly sum: TallySum }>();
  for (const row of rows) {
    const keys = keysOf(row);
    const name = JSON.stringify(keys);
    const group = byKeys.get(name) ?? { keys, sum: new TallySum() };
    byKeys.set(name, group);
    group.sum.add(row);
  }
  return [...byKeys.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { keys, sum }]) => [keys, sum.tally()] as const);
}

function reasonsOf(rows: readonly UnpackedRow[]): Statistics['reasons'] {
  const films = new Map<string, number>();
  for (const { reasons } of rows)
    for (const [code, count] of Object.entries(reasons)) films.set(code, (films.get(code) ?? 0) + count);
  return [...films]
    .map(([code, count]) => ({ code, films: count }))
    .sort((a, b) => b.films - a.films || (a.code < b.code ? -1 : 1));
}
