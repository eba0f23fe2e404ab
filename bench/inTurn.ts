import { milliseconds } from './markdown.js';
import type { BenchOptions } from './options.js';
import type { Sample, System } from './sample.js';
import { median } from './statistics.js';

export const clientCounts = [1, 4, 16] as const;

/** samples[system][clients] in the order of the rounds. */
export type Samples = ReadonlyMap<string, ReadonlyMap<number, readonly Sample[]>>;

/** Each system has a turn in every round, in changing order: a noisy neighbour hits all of them alike. */
export async function measureInTurn(systems: readonly System[], { rounds, seconds }: BenchOptions): Promise<Samples> {
  const samples = new Map(
    systems.map(({ name }) => [name, new Map<number, Sample[]>(clientCounts.map((clients) => [clients, []]))]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const clients of clientCounts) {
      for (let i = 0; i < systems.length; i++) {
        const system = systems[(i + round) % systems.length];
        if (system === undefined) continue;
        const sample = await system.measure(clients, seconds);
        samples.get(system.name)?.get(clients)?.push(sample);
        const figures = `p50 ${milliseconds(median(sample.latenciesMs))}, ${sample.perSecond.toFixed(1)}/s`;
        process.stderr.write(`round ${round + 1}, ${clients} clients, ${system.name}: ${figures}\n`);
      }
    }
  }
  return samples;
}
