import { readdir, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { startBare } from './bare/index.js';
import { startClient } from './client/index.js';
import { loadFilms } from './films.js';
import { type Clients, measureInTurn, type TakenSample } from './inTurn.js';
import type { BenchOptions } from './options.js';
import { type Figures, names, overBudget, parseBudget } from './overBudget.js';
import { processesBelow } from './processes.js';
import { served } from './served.js';
import { startService } from './service.js';
import { median } from './statistics.js';

const budgetFile = new URL('../../bench/budget.json', import.meta.url);
const pageFolder = new URL('../viewer/', import.meta.url);

/**
 * Measures the service next to bare processes, in little more than a minute, and prints each figure with its budget.
 * The exit status is 1 if one is over it.
 */
export async function checkBudget(options: BenchOptions): Promise<void> {
  const budget = parseBudget(await readFile(budgetFile, 'utf8'));
  const figures = await measured({ ...options, rounds: 3, seconds: 1.5 });
  process.stdout.write(`${availableParallelism()} cores\n`);
  for (const name of names(figures)) process.stdout.write(`${name} ${figures[name].toFixed(2)} (${budget[name]})\n`);
  for (const line of overBudget(figures, budget)) {
    process.stderr.write(`${line}\n`);
    process.exitCode = 1;
  }
}

async function measured(options: BenchOptions): Promise<Figures> {
  const films = await loadFilms(options.filmsDir);
  const client = startClient();
  const running: { stop(): Promise<void> }[] = [];
  try {
    const service = await startService(options);
    running.push(service);
    const startCpuMs = sum(processesBelow(service.pid).map(({ cpuMs }) => cpuMs));
    if (!(startCpuMs > 0)) throw new Error('the budget is measured from /proc, and there is none here');
    const bare = await startBare(films, options);
    running.push(bare.process, bare.perCore);
    const system = served({
      name: 'service',
      url: () => service.detections,
      pid: () => service.pid,
      headers: service.headers,
      client,
      stop: () => service.stop(),
    });
    const sizes = [{ name: 'films', films }];
    const samples = await measureInTurn([bare.process, bare.perCore, system], sizes, options);
    const best = (name: string, clients: Clients, value: (sample: TakenSample) => number): number =>
      Math.min(...samples.filter((one) => one.system === name && one.clients === clients).map(value));
    const p50 = ({ latenciesMs }: TakenSample) => median(latenciesMs);
    const cpu = ({ cpuMs }: TakenSample) => sum(Object.values(cpuMs));
    const bareFilmMs = best(bare.perCore.name, 16, cpu);
    return {
      p50ToBare: best(system.name, 1, p50) / best(bare.process.name, 1, p50),
      cpuToBare: best(system.name, 16, cpu) / bareFilmMs,
      startInFilms: startCpuMs / bareFilmMs,
      rssMiB: Math.max(...samples.filter(({ system: name }) => name === system.name).map(({ rssMiB }) => rssMiB)),
      pageKiB: (await pageBytes()) / 1024,
    };
  } finally {
    client.stop();
    for (const system of running.reverse()) await system.stop();
  }
}

/** Without source maps, which are only for debugging. */
async function pageBytes(): Promise<number> {
  const files = (await readdir(pageFolder)).filter((name) => !name.endsWith('.map'));
  return sum(await Promise.all(files.map(async (name) => (await stat(new URL(name, pageFolder))).size)));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
