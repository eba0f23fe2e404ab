import type { Logger } from 'pino';
import type { Database } from '../database/index.js';
import type { LoggedFilm } from '../submission/index.js';
import type { FilmContext } from './handleFilm.js';
import type { Source } from './sources/source.js';

export interface PacsOptions extends FilmContext {
  readonly sources: readonly Source[];
  readonly database: Database;
  readonly logger: Logger;
  /** Films in work at a time. */
  readonly filmsAtOnce: number;
  /** After the first try. */
  readonly retries: number;
  /** Before the second try; doubled each time. */
  readonly retryDelayS: number;
  /** The engine's time limit of one film. */
  readonly analysisMs: number;
  /** How often the queue is asked for jobs that others added, or that are due again. Default 2,000. */
  readonly queuePollMs?: number;
}

/** Follows what the worker does, for metrics. Its methods must not throw. */
export interface PacsObserver {
  /** A film's row is committed. */
  onLogged?(film: LoggedFilm): void;
  /** A try ended: `findings` and the other states, `refused`, or `failed`. */
  onFilm?(source: string, outcome: string): void;
  /** A pass over a source ended. */
  onSweep?(source: string, outcome: 'done' | 'failed'): void;
}

/** A film that takes longer is tried again: two exchanges, the analysis, and some time for the rest. */
export function filmLimitMs({ sources, analysisMs }: Pick<PacsOptions, 'sources' | 'analysisMs'>): number {
  const timeoutMs = 1000 * Math.max(...sources.map(({ timeoutSeconds }) => timeoutSeconds));
  return 2 * timeoutMs + analysisMs + 15_000;
}
