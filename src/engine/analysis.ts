import type { Detection, ModelSpec } from '../detector/index.js';
import type { FilmErrorCode, FilmFacts, FilmIdentifiers } from '../imaging/index.js';

/** One film to be analysed. */
export interface AnalysisRequest {
  /** The uploaded bytes, unchanged. */
  readonly bytes: Uint8Array;
  /** Name of a loaded model. */
  readonly model: string;
  /** Keeps every candidate that NMS leaves from this raw score on, instead of the model's candidateFloor. */
  readonly floor?: number;
}

export interface AnalysisTimings {
  /** From submission until the decoder takes the film, plus from decoded until the runner takes it. */
  readonly queueMs: number;
  readonly decodeMs: number;
  readonly inferMs: number;
  readonly postMs: number;
}

/**
 * The outcome for a film.
 * - `analysed`: the network ran.
 * - `refused-by-gate`: decoded, but not a film that the network may judge.
 * - `failed`: the engine gave up on the film (two crashes alone, or its deadline). `film` is set if it was decoded.
 *
 * `identifiers` are what the film's own file says about the patient.
 */
export type Analysis = { readonly identifiers?: FilmIdentifiers } & (
  | {
      readonly kind: 'analysed';
      readonly film: FilmFacts;
      readonly detection: Detection;
      readonly provider: string;
      /** How many films ran together. */
      readonly batchSize: number;
      readonly timings: AnalysisTimings;
    }
  | {
      readonly kind: 'refused-by-gate';
      readonly film: FilmFacts;
      readonly code: string;
      readonly detail: string;
      readonly timings: AnalysisTimings;
    }
  | {
      readonly kind: 'failed';
      readonly code: 'engine-failed' | 'deadline';
      readonly detail: string;
      readonly film?: FilmFacts;
      readonly timings: AnalysisTimings;
    }
);

/** The film was not accepted: nothing was analysed, and no row is logged. */
export class AnalysisRefused extends Error {
  override readonly name = 'AnalysisRefused';
  constructor(
    readonly code: FilmErrorCode | 'queue-full' | 'not-ready' | 'unknown-model',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type EngineState = 'starting' | 'ready' | 'restarting' | 'stopped';

export interface EngineStatus {
  readonly state: EngineState;
  /** The execution provider that really runs, e.g. `cuda` or `cpu`; null until the first session is up. */
  readonly provider: string | null;
  readonly queuedFilms: number;
  readonly queuedBytes: number;
  /** How many films in flight keep every child busy: a caller with many films submits this many at a time. */
  readonly filmsToKeepBusy: number;
  readonly children: {
    readonly decoderPids: readonly number[];
    readonly runnerPids: readonly number[];
    /** How many of them take films now; the others are starting. */
    readonly readyDecoders: number;
    readonly readyRunners: number;
  };
}

/** Follows what the engine does, for metrics. Its methods must not throw. */
export interface EngineObserver {
  /** Films go into the network together. */
  onBatch?(batch: { readonly model: string; readonly films: number }): void;
  /** A child has ended and is being replaced. */
  onRestart?(child: 'decoder' | 'runner', reason: 'crash' | 'deadline'): void;
}

/**
 * Films in, analyses out. Only child processes let native code touch untrusted bytes.
 */
export interface Engine {
  /** Loaded, verified and warmed-up models, by name. */
  readonly models: ReadonlyMap<string, ModelSpec>;
  status(): EngineStatus;
  /** False if a film of this size would be refused with `queue-full` now. */
  hasRoomFor(sizeBytes: number): boolean;
  /**
   * Resolves for every accepted film, even if its analysis fails.
   *
   * @throws AnalysisRefused if the film is not accepted
   */
  analyse(request: AnalysisRequest): Promise<Analysis>;
  /** Calls the observer from now on. */
  observe(observer: EngineObserver): void;
  /** Lets films in flight finish (at most until their deadlines), then ends the children. */
  close(): Promise<void>;
}
