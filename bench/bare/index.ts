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
  /** Whether decoding the next film while the network runs gives it a greater rate; then it does so for several clients. */
  readonly ahead: boolean;
  /** As many processes as cores, one thread each: the most that this machine can give. */
  readonly perCore: System;
}

/** Starts the bare processes and tries how one of them reaches its greatest rate. */
export async function startBare(films: readonly BenchFilm[], options: BenchOptions): Promise<Bare> {
  const modelFolder = join(options.modelsDir, options.model);
  const whole = await startProcess({ kind: 'start', modelFolder, threads: options.threads });
  const single = await Promise.all(Array.from({ length: options.threads }, () => startProcess({ kind: 'start', modelFolder, threads: 1 })));
  const order: Omit<BareRun, 'seconds' | 'ahead'> = { kind: 'run', films: films.map((film) => film.bytes) };

  const rateOf = async (ahead: boolean): Promise<number> => {
    await run([whole], { ...order, seconds: options.seconds / 4, ahead });
    return (await run([whole], { ...order, seconds: options.seconds, ahead })).perSecond;
  };
  const ahead = (await rateOf(true)) > (await rateOf(false));

  return {
    process: {
      name: 'bare process',
      measure: (clients, seconds) => run([whole], { ...order, seconds, ahead: clients > 1 && ahead }),
      stop: () => disconnected([whole]),
    },
    ahead,
    perCore: {
      name: `bare, ${single.length} processes of one thread`,
      measure: (clients, seconds) => run(clients === 1 ? single.slice(0, 1) : single, { ...order, seconds, ahead: false }),
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
