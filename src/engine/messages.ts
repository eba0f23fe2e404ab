import type { Detection, ModelSpec, NetworkInput } from '../detector/index.js';
import type { FilmErrorCode, FilmFacts, FilmIdentifiers } from '../imaging/index.js';

/**
 * What the keeper and its children say to each other besides the messages of every kept child (src/children): one piece
 * of work at a time, by number.
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

/** The bytes of the film come beside it. */
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

/** Decoded, but the gate of the model does not let it pass. */
export interface GatedMessage {
  readonly kind: 'gated';
  readonly job: number;
  readonly film: FilmFacts;
  readonly identifiers?: FilmIdentifiers;
  readonly code: string;
  readonly detail: string;
  readonly decodeMs: number;
}

/** The bytes are no film. */
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
  /** Tried at start like the others, then closed until a film asks for it: few films do. */
  readonly seldom: boolean;
}

export interface RunnerStart {
  readonly kind: 'start';
  readonly models: readonly RunnerModel[];
  readonly executionProviders: readonly string[];
  readonly requireProvider: string | null;
  /** Of its sessions. */
  readonly threads: number;
  /** Of a second session for each model, for a film that is alone; null: there is none. */
  readonly wideThreads: number | null;
}

export interface RunMessage {
  readonly kind: 'run';
  readonly job: number;
  readonly model: string;
  readonly films: readonly { readonly input: NetworkInput; readonly floor?: number }[];
  /** On all threads, where this runner has such a session. */
  readonly wide: boolean;
}

/** What came of one film of a batch; `error` if the heads contain NaN or Infinity. */
export type RunOutcome =
  { readonly detection: Detection; readonly postMs: number } | { readonly error: string; readonly postMs: number };

export interface RanMessage {
  readonly kind: 'ran';
  readonly job: number;
  readonly inferMs: number;
  /** In the order of the films. */
  readonly outcomes: readonly RunOutcome[];
}
