import type { FilmSize } from './filmSizes.js';
import { milliseconds } from './markdown.js';
import type { BenchOptions } from './options.js';
import type { Sample, System } from './sample.js';
import { median } from './statistics.js';

const clientCounts = [1, 16] as const;
export type Clients = (typeof clientCounts)[number];

/** Every sample, with its system, size of films and number of clients. */
export interface TakenSample extends Sample {
  readonly size: string;
  readonly system: string;
  readonly clients: Clients;
  readonly round: number;
}

/** Each system gets a turn in every round, in changing order, so that a noisy neighbour hits all of them alike. */
export async function measureInTurn(
  systems: readonly System[],
  sizes: readonly FilmSize[],
  { rounds, seconds }: BenchOptions,
): Promise<readonly TakenSample[]> {
  const samples: TakenSample[] = [];
  for (const { name: size, films } of sizes)
    for (let round = 0; round < rounds; round++)
      for (const clients of clientCounts)
        for (let i = 0; i < systems.length; i++) {
          const system = systems[(i + round) % systems.length];
          if (system === undefined) continue;
          const sample = await system.measure(films, clients, seconds);
          samples.push({ ...sample, size, system: system.name, clients, round });
          const figures = `p50 ${milliseconds(median(sample.latenciesMs))}, ${sample.perSecond.toFixed(1)}/s`;
          process.stderr.write(`${size}, round ${round + 1}, ${clients} clients, ${system.name}: ${figures}\n`);
        }
  return samples;
}
