import { performance } from 'node:perf_hooks';
import { type DetectionFilter, type DetectionLog, type ListSort, listSorts } from '../src/log/index.js';
import { seededRandom } from '../src/random.js';
import { quantile } from './statistics.js';

const dayMs = 24 * 60 * 60_000;

/** Values that drawnRows.ts draws, from common to absent. */
const drawn = {
  state: ['findings', 'below-threshold', 'not-analysed'],
  model: ['cxr-old', 'cxr-opacity', 'trial', 'absent'],
  class: ['opacity', 'nodule', 'pneumothorax', 'fracture', 'absent'],
  submitter: ['ris', 'pacs', 'ward', 'clinic-3', 'rare-7', 'absent'],
} as const;
const periods = [1, 7, 30, 180].map((days) => days * dayMs);

const filterNames = ['state', 'model', 'class', 'minFilmScore', 'time', 'submitter'] as const;

interface ListTimes {
  readonly sort: ListSort;
  readonly ms: readonly number[];
}

/** Every combination of filters in every order, `each` random queries for 50 rows; the better of two tries each. */
export async function listTimes(log: DetectionLog, each: number, end = Date.now()): Promise<readonly ListTimes[]> {
  const random = seededRandom(11);
  const times: ListTimes[] = [];
  for (let set = 0; set < 2 ** filterNames.length; set++) {
    const names = filterNames.filter((_, bit) => (set >> bit) % 2 === 1);
    for (const sort of listSorts) {
      const ms: number[] = [];
      for (let i = 0; i < each; i++) {
        const filter = Object.assign({}, ...names.map((name) => filterOf(name, random, end))) as DetectionFilter;
        const ask = () => log.list(filter, { limit: 50, sort });
        ms.push(Math.min(await timeOf(ask), await timeOf(ask)));
      }
      times.push({ sort, ms });
    }
  }
  return times;
}

function filterOf(name: (typeof filterNames)[number], random: () => number, end: number): DetectionFilter {
  const one = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(random() * values.length)];
  if (name === 'minFilmScore') return { minFilmScore: Math.round(random() * 1000) / 1000 };
  if (name === 'time') {
    const period = one(periods) ?? dayMs;
    const from = end - 365 * dayMs + random() * (365 * dayMs - period);
    return { from: new Date(from), to: new Date(from + period) };
  }
  return { [name]: one<string>(drawn[name]) };
}

async function timeOf(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await ask();
  return performance.now() - began;
}

/** p50, p95 and the longest, for people. */
export function quantiles(ms: readonly number[]): string[] {
  return [quantile(ms, 0.5), quantile(ms, 0.95), quantile(ms, 1)].map((value) => value.toFixed(1));
}
