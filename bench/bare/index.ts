import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askChild } from '../client/index.js';
import type { BenchFilm } from '../films.js';
import type { BenchOptions } from '../options.js';
import type { Sample, System } from '../sample.js';
import type { BareReady, BareResult, BareRun, BareStart } from './messages.js';

/** The bare process, in the three ways in which one would write it for a rate. */
const ways = {
  'one film after another': { processes: 1, ahead: false },
  'next film decoded while the network runs': { processes: 1, ahead: true },
  'a process of one thread for each core': { processes: 0, ahead: false },
};
type Way = keyof typeof ways;

export interface Bare extends System {
  /** The way that gives the greatest rate on this machine: what more than one client is compared with. */
  readonly bestWay: Way;
}

/** Starts the bare processes and tries which way gives the greatest rate. */
export async function startBare(films: readonly BenchFilm[], options: BenchOptions): Promise<Bare> {
  const modelFolder = join(options.modelsDir, options.model);
  const whole = await startProcess({ kind: 'start', modelFolder, threads: options.threads });
  const single = await Promise.all(Array.from({ length: options.threads }, () => startProcess({ kind: 'start', modelFolder, threads: 1 })));
  const bytes = films.map((film) => film.bytes);

  const measure = async (way: Way, seconds: number): Promise<Sample> => {
    const { processes, ahead } = ways[way];
    const results = await Promise.all(
      (processes === 1 ? [whole] : single).map((child) => askChild<BareResult>(child, { kind: 'run', films: bytes, seconds, ahead } satisfies BareRun)),
    );
    return {
      latenciesMs: results.flatMap((result) => result.latenciesMs),
      perSecond: results.reduce((sum, result) => sum + (1000 * result.latenciesMs.length) / result.elapsedMs, 0),
    };
  };

  let bestWay: Way = 'one film after another';
  let best = 0;
  for (const way of Object.keys(ways).filter(isWay)) {
    await measure(way, options.seconds / 4);
    const { perSecond } = await measure(way, options.seconds);
    if (perSecond > best) [bestWay, best] = [way, perSecond];
  }

  return {
    name: 'bare process',
    bestWay,
    measure: (clients, seconds) => measure(clients === 1 ? 'one film after another' : bestWay, seconds),
    stop() {
      for (const child of [whole, ...single]) child.disconnect();
      return Promise.resolve();
    },
  };
}

function isWay(name: string): name is Way {
  return name in ways;
}

async function startProcess(start: BareStart): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), { serialization: 'advanced' });
  await askChild<BareReady>(child, start);
  return child;
}
