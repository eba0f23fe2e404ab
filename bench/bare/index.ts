import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askChild } from '../client/index.js';
import type { BenchFilm } from '../films.js';
import type { BenchOptions } from '../options.js';
import type { Sample, System } from '../sample.js';
import { withFigures } from '../withFigures.js';
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

/** Starts the bare processes and finds out how one is fastest: a slow yardstick would flatter the service. */
export async function startBare(films: readonly BenchFilm[], options: BenchOptions): Promise<Bare> {
  const start = (threads: number, spinning: boolean) =>
    startProcess({ kind: 'start', modelFolder: join(options.modelsDir, options.model), threads, spinning });
  const spinning = await start(options.threads, true);
  const still = await start(options.threads, false);
  const single = await Promise.all(Array.from({ length: options.threads }, () => start(1, true)));
  const order = (given: readonly BenchFilm[], seconds: number, ahead: boolean): BareRun => ({
    kind: 'run',
    films: given.map((film) => film.bytes),
    seconds,
    ahead,
  });
  const measure = ({ child, ahead }: Way, given: readonly BenchFilm[], seconds: number) =>
    run([child], order(given, seconds, ahead));

  const inTurn: readonly Way[] = [
    { name: "with threads that spin, as is onnxruntime's default", child: spinning, ahead: false },
    { name: 'with threads that do not spin', child: still, ahead: false },
  ];
  const ahead = inTurn.map((way) => ({ ...way, name: `${way.name}, the next film decoded meanwhile`, ahead: true }));
  const fastest = async (ways: readonly Way[]): Promise<Way> => {
    const rates: { readonly way: Way; readonly perSecond: number }[] = [];
    for (const way of ways) {
      await measure(way, films, options.seconds / 4);
      rates.push({ way, perSecond: (await measure(way, films, options.seconds)).perSecond });
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
      measure: (given, clients, seconds) => measure(clients === 1 ? one : several, given, seconds),
      stop: () => disconnected([spinning, still]),
    },
    ways: { one: one.name, several: several.name },
    perCore: {
      name: `bare, ${single.length} processes of one thread`,
      measure: (given, clients, seconds) =>
        run(clients === 1 ? single.slice(0, 1) : single, order(given, seconds, false)),
      stop: () => disconnected(single),
    },
  };
}

async function run(children: readonly ChildProcess[], order: BareRun): Promise<Sample> {
  const pids = children.flatMap(({ pid }) => pid ?? []);
  return withFigures(pids, async () => {
    const results = await Promise.all(children.map((child) => askChild<BareResult>(child, order)));
    return {
      latenciesMs: results.flatMap((result) => result.latenciesMs),
      perSecond: results.reduce((sum, { latenciesMs, elapsedMs }) => sum + (1000 * latenciesMs.length) / elapsedMs, 0),
    };
  });
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
