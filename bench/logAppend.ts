import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { v7 } from 'uuid';
import { type DatabaseOptions, openDatabase, timeOfId } from '../src/database/index.js';
import { createDetectionLog, type DetectionEntry, type DetectionLog } from '../src/log/index.js';
import type { Report } from '../src/report/index.js';
import type { PostgresCluster } from '../test/postgres.js';
import { markdownTable, milliseconds } from './markdown.js';

const rowsEach = 500;

/** The cost of the promise "nothing unlogged": a committed row with two boxes. */
export async function logAppendSection(postgres: PostgresCluster | undefined): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-bench-log-'));
  try {
    const rows = [['embedded log', ...(await costs({ dataDir: folder }))]];
    if (postgres !== undefined)
      rows.push(['PostgreSQL, fsync on', ...(await costs({ url: await postgres.createDatabase('bench_append') }))]);
    return [
      '## The log',
      '',
      `A row with its report, two boxes and its place in the chain, committed; ${rowsEach} rows each.`,
      '',
      ...markdownTable(['', 'one after another', '16 at a time'], rows),
      '',
      ...(postgres === undefined ? ['PostgreSQL is not installed here and was not measured.', ''] : []),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function costs(at: DatabaseOptions['at']): Promise<string[]> {
  const database = await openDatabase({ at });
  try {
    const log = createDetectionLog(database);
    await log.rememberModel({ name: 'bench', version: '1.0.0', specSha256: hash, onnxSha256: hash, specText: '{}' });
    await append(log, 50, 1);
    const each = [await append(log, rowsEach, 1), await append(log, rowsEach, 16)];
    return each.map((ms) => `${milliseconds(ms)} a row`);
  } finally {
    await database.close();
  }
}

/** Milliseconds a row. */
async function append(log: DetectionLog, rows: number, atATime: number): Promise<number> {
  let left = rows;
  const writer = async () => {
    while (left-- > 0) await log.append(entry());
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atATime }, writer));
  return (performance.now() - began) / rows;
}

export const hash = '0'.repeat(64);

export function entry(): DetectionEntry {
  const id = v7();
  const candidates = [1, 2].map((rank) => ({
    id: `${id}-${rank}`,
    class: 'opacity',
    score: 0.8 / rank,
    scores: { opacity: 0.8 / rank },
    attributes: {},
    box: { x: 310.25, y: 640.5, width: 402.75, height: 512.5 },
  }));
  const report: Report = {
    schemaVersion: 1,
    id,
    createdAt: timeOfId(id).toISOString(),
    state: 'findings',
    lookedFor: ['opacity'],
    notice: 'Research use only. Not for diagnosis.',
    model: { name: 'bench', version: '1.0.0', specSha256: hash, onnxSha256: hash },
    provider: 'cpu',
    image: {
      sha256: hash,
      width: 2021,
      height: 2021,
      format: 'png',
      bits: 16,
      preparation: { window: [812, 3901], inverted: false, orientation: 1 },
    },
    threshold: 0.3,
    filmScore: 0.8,
    attributes: {},
    detections: candidates,
    submitter: 'bench',
    timings: { queueMs: 0.4, decodeMs: 9.1, inferMs: 71, postMs: 0.3 },
  };
  return { report, reportText: JSON.stringify(report), candidates, candidateFloor: 0.05, references: {} };
}
