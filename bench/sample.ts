import type { BenchFilm } from './films.js';
import type { ProcessKind } from './processes.js';

/** One measurement of one system with one number of clients. */
export interface Sample {
  readonly latenciesMs: readonly number[];
  readonly perSecond: number;
  /** CPU ms a film, by kind of process; empty if they can't be read. */
  readonly cpuMs: Partial<Readonly<Record<ProcessKind, number>>>;
  /** Of all its processes together, at the end. */
  readonly rssMiB: number;
}

/** Anything that turns films into boxes. */
export interface System {
  readonly name: string;
  measure(films: readonly BenchFilm[], clients: number, seconds: number): Promise<Sample>;
  stop(): Promise<void>;
}
