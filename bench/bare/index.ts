import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askChild } from '../client/index.js';
import type { BenchFilm } from '../films.js';
import type { BenchOptions } from '../options.js';
import type { Sample, System } from '../sample.js';
import type { BareReady, BareResult, BareRun, BareStart } from './messages.js';

export interface Bare {
  /** One process with all threads: what the service is compared with. */
  readonly process: System;
  /** How it was fastest here, for one film at a time and for its rate. */
  readonly ways: { readonly one: string; readonly several: string };
  /** As many processes as cores, one thread each: the most that this machine can give. */
  readonly perCore: System;
}

interface Way {
  readonly name: string;
  readonly child: ChildProcess;
  /** Decodes the next film while the network runs. */
  readonly ahead: boolean;
}

/** Starts the bare processes and tries how one of them is fastest: a slow yardstick would flatter the service. */
export async function startBare(films: readonly BenchFilm[], options: BenchOptions): Promise<Bare> {
  const start = (threads: number, spinning: boolean) =>
    startProcess({ kind: 'start', modelFolder: join(options.modelsDir, options.model), threads, spinning });
  const spinning = await start(options.threads, true);
  const still = await start(options.threads, false);
  const single = await Promise.all(Array.from({ length: options.threads }, () => start(1, true)));
  const order: Omit<BareRun, 'seconds' | 'ahead'> = { kind: 'run', films: films.map((film) => film.bytes) };
  const measure = ({ child, ahead }: Way, seconds: number) => run([child], { ...order, seconds, ahead });

  const inTurn: readonly Way[] = [
    { name: 'with threads that spin, as is onnxruntime’s default', child: spinning, ahead: false },
    { name: 'with threads that do not spin', child: still, ahead: false },
  ];
  const ahead = inTurn.map((way) => ({ ...way, name: `${way.name}, the next film decoded meanwhile`, ahead: true }));
  const fastest = async (ways: readonly Way[]): Promise<Way> => {
    const rates: { readonly way: Way; readonly perSecond: number }[] = [];
    for (const way of ways) {
      await measure(way, options.seconds / 4);
      rates.push({ way, perSecond: (await measure(way, options.seconds)).perSecond });
    }
    const [best] = rates.sort((a, b) => b.perSecond - a.perSecond);
    if (best === undefined) throw new Error('no way was measured');
    return best.way;
  };
  const one = await fastest(inTurn);
  const several = await fastest([...inTurn, ...ahead]);

  return {
    process: {
      name: 'bare process',
      measure: (clients, seconds) => measure(clients === 1 ? one : several, seconds),
      stop: () => disconnected([spinning, still]),
    },
    ways: { one: one.name, several: several.name },
    perCore: {
      name: `bare, ${single.length} processes of one thread`,
      measure: (clients, seconds) =>
        run(clients === 1 ? single.slice(0, 1) : single, { ...order, seconds, ahead: false }),
      stop: () => disconnected(single),
    },
  };
}

async function run(children: readonly ChildProcess[], order: BareRun): Promise<Sample> {
  const results = await Promise.all(children.map((child) => askChild<BareResult>(child, order)));
  return {
    latenciesMs: results.flatMap((result) => result.latenciesMs),
    perSecond: results.reduce((sum, { latenciesMs, elapsedMs }) => sum + (1000 * latenciesMs.length) / elapsedMs, 0),
  };
}

async function startProcess(start: BareStart): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), { serialization: 'advanced' });
  await askChild<BareReady>(child, start);
  return child;
}

function disconnected(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) child.disconnect();
  return Promise.resolve();
}
