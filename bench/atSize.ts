import { performance } from 'node:perf_hooks';
import { openDatabase } from '../src/database/index.js';
import { createDetectionLog, type DetectionFilter, type DetectionLog } from '../src/log/index.js';
import type { PostgresCluster } from '../test/postgres.js';
import { fillLog } from './manyRows.js';
import { markdownTable } from './markdown.js';
import { quantile } from './statistics.js';

const yearMs = 365 * 24 * 60 * 60_000;

const filters: readonly DetectionFilter[] = [
  {},
  { class: 'opacity' },
  { class: 'nodule' },
  { class: 'absent' },
  { class: 'nodule', minFilmScore: 0.9 },
  { minFilmScore: 0.9 },
  { minFilmScore: 0.999 },
  { state: 'findings', minFilmScore: 0.5 },
  { state: 'findings', minFilmScore: 0.999 },
  { state: 'below-threshold', minFilmScore: 0.29 },
  { state: 'below-threshold', minFilmScore: 0.9 },
];

/** The log after a year at a busy site: verify, statistics and lists over `rows` rows on PostgreSQL. */
export async function atSizeSection(postgres: PostgresCluster | undefined, rows: number): Promise<string[]> {
  if (postgres === undefined) return ['PostgreSQL is not installed here and was not measured.', ''];
  const database = await openDatabase({
    at: { url: await postgres.createDatabase('bench_at_size') },
    statementTimeoutMs: 600_000,
  });
  try {
    await fillLog(database.kysely, rows);
    const log = createDetectionLog(database);
    return [
      `## The log with ${rows.toLocaleString('en')} rows`,
      '',
      'Rows of 365 days, on PostgreSQL; the longest of five questions in a row, or the one walk of `log verify`.',
      '',
      ...markdownTable(['', 'ms'], [await verifyRow(log, rows), await statisticsRow(log), ...(await listRows(log))]),
      '',
    ];
  } finally {
    await database.close();
  }
}

async function verifyRow(log: DetectionLog, rows: number): Promise<string[]> {
  let mostMiB = 0;
  const began = performance.now();
  const { faults } = await log.verify({
    onProgress: () => {
      mostMiB = Math.max(mostMiB, process.memoryUsage().rss / 2 ** 20);
    },
  });
  if (faults.length > 0) throw new Error(`${faults.length} faults, the first: ${faults[0]?.problem ?? ''}`);
  const ms = performance.now() - began;
  const each = `${Math.round((ms * 1000) / rows)} µs a row, at most ${Math.round(mostMiB)} MiB`;
  return [`log verify (${each})`, ms.toFixed(0)];
}

async function statisticsRow(log: DetectionLog): Promise<string[]> {
  const to = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000);
  return ['statistics of 365 days', await longest(() => log.statistics({ from: new Date(to.getTime() - yearMs), to }))];
}

async function listRows(log: DetectionLog): Promise<string[][]> {
  const measured: string[][] = [];
  for (const filter of filters)
    measured.push([
      `list \`${JSON.stringify(filter).replaceAll('"', '')}\``,
      await longest(() => log.list(filter, { limit: 50 })),
    ]);
  return measured;
}

async function longest(ask: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  return quantile(times, 1).toFixed(0);
}
