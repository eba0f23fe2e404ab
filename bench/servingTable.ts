import type { Clients, TakenSample } from './inTurn.js';
import { markdownTable } from './markdown.js';
import type { ProcessKind } from './processes.js';
import { median, quantile } from './statistics.js';

/** What the systems are compared with: for one film at a time, and for the rate. */
export interface Yardsticks {
  readonly one: string;
  readonly several: string;
}

/** One row for each size of films and each system: latency of one client, then the rate and the cost at sixteen. */
export function servingTable(
  samples: readonly TakenSample[],
  systems: readonly { readonly name: string }[],
  yardsticks: Yardsticks,
): string[] {
  const sizes = [...new Set(samples.map(({ size }) => size))];
  const rows = sizes.flatMap((size) => {
    const ofSize = samples.filter((sample) => sample.size === size);
    return systems.map(({ name }) => rowOf(size, name, ofSize, yardsticks));
  });
  return markdownTable(
    [
      'films',
      'system',
      'p50, 1 client (ms)',
      'p99, 1 (ms)',
      'p50 to bare',
      'films/s, 16 clients',
      'rate to bare, a process a core',
      'CPU a film, 16 (ms)',
      'of it',
      'RSS (MiB)',
    ],
    rows,
  );
}

function rowOf(size: string, system: string, samples: readonly TakenSample[], { one, several }: Yardsticks): string[] {
  const of = (name: string, clients: Clients) =>
    samples.filter((sample) => sample.system === name && sample.clients === clients);
  const p50 = ({ latenciesMs }: TakenSample) => median(latenciesMs);
  const rate = ({ perSecond }: TakenSample) => perSecond;
  const [single, loaded] = [of(system, 1), of(system, 16)];
  return [
    size,
    system,
    spread(single.map(p50)),
    quantile(
      single.flatMap(({ latenciesMs }) => latenciesMs),
      0.99,
    ).toFixed(0),
    spread(ratios(single, of(one, 1), p50), 2),
    spread(loaded.map(rate)),
    spread(ratios(loaded, of(several, 16), rate), 2),
    spread(loaded.map(({ cpuMs }) => sum(Object.values(cpuMs)))),
    parts(loaded),
    Math.max(...loaded.map(({ rssMiB }) => rssMiB)).toFixed(0),
  ];
}

/** Round by round: what slowed one round slowed both. */
function ratios(
  samples: readonly TakenSample[],
  base: readonly TakenSample[],
  value: (sample: TakenSample) => number,
): number[] {
  return samples.flatMap((sample) => {
    const beside = base.find(({ round }) => round === sample.round);
    return beside === undefined ? [] : value(sample) / value(beside);
  });
}

/** Median, with the least and the greatest: how much noise there was. */
function spread(values: readonly number[], digits = 1): string {
  const show = (value: number) => value.toFixed(digits);
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}

/** The median of each kind of process, e.g. `serving 10.3, decoder 11.9, runner 165`. */
function parts(samples: readonly TakenSample[]): string {
  const kinds = new Set(samples.flatMap(({ cpuMs }) => Object.keys(cpuMs).filter(isKind)));
  if (kinds.size < 2) return '';
  return [...kinds]
    .map((kind) => `${kind} ${median(samples.map(({ cpuMs }) => cpuMs[kind] ?? 0)).toFixed(1)}`)
    .join(', ');
}

function isKind(name: string): name is ProcessKind {
  return ['serving', 'decoder', 'runner', 'film writer', 'worker'].includes(name);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
