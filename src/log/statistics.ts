import { type Kysely, type RawBuilder, sql } from 'kysely';
import { firstIdAt, type Tables } from '../database/index.js';

/** What is counted: rows with from ≤ createdAt < to. */
export interface StatisticsFilter {
  readonly from: Date;
  readonly to: Date;
  readonly model?: string;
  readonly submitter?: string;
}

/** Of some rows together. */
export interface Tally {
  readonly findings: number;
  readonly belowThreshold: number;
  readonly notAnalysed: number;
  /** From acceptance to boxes (all timings of the report together) of films that were analysed; null where there are none. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** The 1st to the 9th decile of the film scores; null where there are none. */
  readonly scoreDeciles: readonly number[] | null;
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

/** Counts and quantiles over the rows of a time, as of one moment. */
export async function statistics(db: Kysely<Tables>, filter: StatisticsFilter): Promise<Statistics> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const [total] = await tallies(trx, filter, []);
      const days = await tallies(trx, filter, [sql`to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')`]);
      const models = await tallies(trx, filter, [sql`model_name`, sql`model_version`]);
      const submitters = await tallies(trx, filter, [sql`submitter`]);
      if (total === undefined) throw new Error('an aggregate without groups has one row');
      const { keys: _, ...whole } = total;
      return {
        days: days.map(({ keys: [day = ''], ...tally }) => ({ day, ...tally })),
        models: models.map(({ keys: [name = '', version = ''], ...tally }) => ({ name, version, ...tally })),
        submitters: submitters.map(({ keys: [name = ''], ...tally }) => ({ name, ...tally })),
        reasons: await reasons(trx, filter),
        total: whole,
      };
    });
}

interface TallyRow {
  readonly keys: readonly string[];
  readonly findings: number;
  readonly below_threshold: number;
  readonly not_analysed: number;
  readonly latency: readonly [number, number] | null;
  readonly deciles: readonly number[] | null;
}

/** One tally for each combination of the keys, in their order. */
async function tallies(
  db: Kysely<Tables>,
  filter: StatisticsFilter,
  keys: readonly RawBuilder<unknown>[],
): Promise<readonly (Tally & { readonly keys: readonly string[] })[]> {
  const by = sql.join(keys);
  // Arrays as JSON: the two drivers read them alike.
  const { rows } = await sql<TallyRow>`
    select
      json_build_array(${by}) as keys,
      count(*) filter (where state = 'findings')::int as findings,
      count(*) filter (where state = 'below-threshold')::int as below_threshold,
      count(*) filter (where state = 'not-analysed')::int as not_analysed,
      to_json(percentile_cont(array[0.5, 0.95]::float8[]) within group (order by t."queueMs" + t."decodeMs" + t."inferMs" + t."postMs")
        filter (where state <> 'not-analysed')) as latency,
      to_json(percentile_cont(array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]::float8[]) within group (order by film_score)
        filter (where film_score is not null)) as deciles
    from detections
      cross join lateral json_to_record(report::json -> 'timings') as t("queueMs" float8, "decodeMs" float8, "inferMs" float8, "postMs" float8)
    where ${matching(filter)}
    ${keys.length === 0 ? sql`` : sql`group by ${by} order by ${by}`}`.execute(db);
  return rows.map((row) => ({ keys: row.keys, ...tallyOf(row) }));
}

async function reasons(db: Kysely<Tables>, filter: StatisticsFilter): Promise<Statistics['reasons']> {
  const { rows } = await sql<{ code: string; films: number }>`
    select reason_code as code, count(*)::int as films
    from detections
    where ${matching(filter)} and reason_code is not null
    group by reason_code
    order by films desc, code`.execute(db);
  return rows;
}

/** Times as ids: the planner leaves out the partitions of other months. */
function matching({ from, to, model, submitter }: StatisticsFilter): RawBuilder<unknown> {
  return sql.join(
    [
      sql`id >= ${firstIdAt(from)} and id < ${firstIdAt(to)}`,
      ...(model === undefined ? [] : [sql`model_name = ${model}`]),
      ...(submitter === undefined ? [] : [sql`submitter = ${submitter}`]),
    ],
    sql` and `,
  );
}

function tallyOf(row: TallyRow): Tally {
  return {
    findings: row.findings,
    belowThreshold: row.below_threshold,
    notAnalysed: row.not_analysed,
    latencyMs: row.latency === null ? null : { p50: row.latency[0], p95: row.latency[1] },
    scoreDeciles: row.deciles,
  };
}
