import type { Analysis, Engine } from '../engine/index.js';
import type { FilmStore } from '../films/index.js';
import type { DetectionLog, FilmReferences } from '../log/index.js';
import type { Registry } from '../registry/index.js';
import type { Report } from '../report/index.js';

/** One film, whichever door it came through. */
export interface Submission {
  /** The account that sent it. */
  readonly submitter: string;
  /** The film's file, as it came. */
  readonly bytes: Uint8Array;
  /** Name of the model to use; the default model if undefined. */
  readonly model?: string;
  readonly references: FilmReferences;
  /** Unique per submitter: the same film under the same key is analysed and logged once. */
  readonly idempotencyKey?: string;
}

export interface SubmissionAnswer {
  readonly id: string;
  /** The exact text that was committed. */
  readonly reportText: string;
  /** True if this repeats the first answer to the idempotency key. */
  readonly replayed: boolean;
}

/** What became of a film that has a row. */
export interface LoggedFilm {
  readonly report: Report;
  readonly analysis: Analysis;
  /** From the finished report to COMMIT. */
  readonly appendMs: number;
}

/** What a submission depends on; tests put fakes here. */
export interface SubmissionContext {
  readonly engine: Pick<Engine, 'analyse'>;
  readonly log: Pick<DetectionLog, 'append' | 'claim' | 'release' | 'renew'>;
  readonly films: Pick<FilmStore, 'keep'>;
  readonly registry: Pick<Registry, 'models' | 'defaultModel'>;
  /** Called once a film's row is committed, before the answer goes out. Must not throw. */
  readonly onLogged?: (film: LoggedFilm) => void;
}
