import type { Detection, ModelSpec, NetworkInput } from '../detector/index.js';
import type { FilmErrorCode, FilmFacts, FilmIdentifiers } from '../imaging/index.js';

/**
 * Messages between the engine and its children, besides those of every kept child (src/children). Each child gets one
 * numbered piece of work at a time.
 */

/** This piece of work failed without harm to the child. */
export interface FailedMessage {
  readonly kind: 'failed';
  readonly job: number;
  readonly message: string;
}

export interface DecoderStart {
  readonly kind: 'start';
  readonly specs: readonly ModelSpec[];
  readonly maxPixels: number;
  readonly secondaryCapture: boolean;
}

/** The bytes of the film travel in the pipe. */
export interface DecodeMessage {
  readonly kind: 'decode';
  readonly job: number;
  readonly model: string;
}

export interface DecodedMessage {
  readonly kind: 'decoded';
  readonly job: number;
  readonly film: FilmFacts;
  readonly identifiers?: FilmIdentifiers;
  readonly input: NetworkInput;
  readonly decodeMs: number;
}

/** Decoded, but refused by the model's gate. */
export interface GatedMessage {
  readonly kind: 'gated';
  readonly job: number;
  readonly film: FilmFacts;
  readonly identifiers?: FilmIdentifiers;
  readonly code: string;
  readonly detail: string;
  readonly decodeMs: number;
}

/** The bytes are not a film. */
export interface NoFilmMessage {
  readonly kind: 'no-film';
  readonly job: number;
  readonly code: FilmErrorCode;
  readonly message: string;
}

/** A model for the runners. */
export interface RunnerModel {
  readonly spec: ModelSpec;
  readonly onnxPath: string;
  /** Tried at start like the others, then closed until a film needs it, which few do. */
  readonly seldom: boolean;
}

export interface RunnerStart {
  readonly kind: 'start';
  readonly models: readonly RunnerModel[];
  readonly executionProviders: readonly string[];
  readonly requireProvider: string | null;
  /** Threads of its sessions. */
  readonly threads: number;
  /** Threads of a second session per model, for a film that is alone; null if there is none. */
  readonly wideThreads: number | null;
}

export interface RunMessage {
  readonly kind: 'run';
  readonly job: number;
  readonly model: string;
  readonly films: readonly { readonly input: NetworkInput; readonly floor?: number }[];
  /** On all threads, if this runner has such a session. */
  readonly wide: boolean;
}

/** The outcome for one film of a batch; `error` if the heads contain NaN or Infinity. */
export type RunOutcome =
  { readonly detection: Detection; readonly postMs: number } | { readonly error: string; readonly postMs: number };

export interface RanMessage {
  readonly kind: 'ran';
  readonly job: number;
  readonly inferMs: number;
  /** In the order of the films. */
  readonly outcomes: readonly RunOutcome[];
}
