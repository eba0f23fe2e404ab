import { performance } from 'node:perf_hooks';
import { openDatabase } from '../src/database/index.js';
import { createDetectionLog, type DetectionLog, listSorts } from '../src/log/index.js';
import type { PostgresCluster } from '../test/postgres.js';
import { drawRows } from './drawnRows.js';
import { listTimes, quantiles } from './listTimes.js';
import { fillLog } from './manyRows.js';
import { markdownTable } from './markdown.js';
import type { BenchOptions } from './options.js';

const yearMs = 365 * 24 * 60 * 60_000;
/** Random queries for each combination of filters and each order. */
const questions = 6;

/** The log after a year at a busy site, on PostgreSQL: lists and statistics over `rows` rows, verify over others. */
export async function atSizeSection(
  postgres: PostgresCluster | undefined,
  { rows, verifiedRows }: Pick<BenchOptions, 'rows' | 'verifiedRows'>,
): Promise<string[]> {
  if (postgres === undefined) return ['PostgreSQL is not installed here and was not measured.', ''];
  const [drawn, chained] = await Promise.all(
    ['drawn', 'chained'].map(async (name) =>
      openDatabase({ at: { url: await postgres.createDatabase(`bench_${name}`) }, statementTimeoutMs: 600_000 }),
    ),
  );
  if (drawn === undefined || chained === undefined) throw new Error('no database');
  try {
    await drawRows(drawn.kysely, rows);
    await fillLog(chained.kysely, verifiedRows);
    const log = createDetectionLog(drawn);
    return [
      `## The log with ${rows.toLocaleString('en')} rows`,
      '',
      'Rows of 365 days, on PostgreSQL. Lists of 50: every combination of state, model, class, minFilmScore, time and',
      `sender in each order, ${questions} random questions of each; statistics of 365 days, five times.`,
      '',
      ...markdownTable(
        ['ms', 'p50', 'p95', 'longest'],
        [...(await listRows(log)), ['statistics', ...quantiles(await statisticsTimes(log))]],
      ),
      '',
      await verifyLine(createDetectionLog(chained)),
      '',
    ];
  } finally {
    await drawn.close();
    await chained.close();
  }
}

async function listRows(log: DetectionLog): Promise<string[][]> {
  const times = await listTimes(log, questions);
  return listSorts.map((sort) => [
    `list \`${sort}\``,
    ...quantiles(times.filter((one) => one.sort === sort).flatMap(({ ms }) => ms)),
  ]);
}

async function statisticsTimes(log: DetectionLog): Promise<readonly number[]> {
  const to = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000);
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    await log.statistics({ from: new Date(to.getTime() - yearMs), to });
    times.push(performance.now() - began);
  }
  return times;
}

async function verifyLine(log: DetectionLog): Promise<string> {
  let mostMiB = 0;
  const [began, before] = [performance.now(), process.cpuUsage()];
  const { rows, faults } = await log.verify({
    onProgress: () => {
      mostMiB = Math.max(mostMiB, process.memoryUsage().rss / 2 ** 20);
    },
  });
  if (faults.length > 0) throw new Error(`${faults.length} faults, the first: ${faults[0]?.problem ?? ''}`);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  const wall = (seconds / rows) * 1e6;
  return (
    `\`log verify\` of ${rows.toLocaleString('en')} rows: ${seconds.toFixed(1)} s, ` +
    `${wall.toFixed(0)} µs a row, of them ${((user + system) / rows).toFixed(0)} µs of this process's CPU; ` +
    `at most ${mostMiB.toFixed(0)} MiB.`
  );
}
