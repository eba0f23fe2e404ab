import type { Logger } from '../children/index.js';
import type { RegisteredModel } from '../registry/index.js';

export interface EngineOptions {
  /** Models to serve, verified by the registry. */
  readonly models: ReadonlyMap<string, RegisteredModel>;
  /** The model of most films: the networks of the others take memory only from their first film on. */
  readonly defaultModel?: string;
  /** Tried in this order, e.g. `['cuda', 'cpu']`. */
  readonly executionProviders: readonly string[];
  /** Fail at start where another provider than this one would run. */
  readonly requireProvider?: string;
  /** Films accepted and not yet answered, at most. */
  readonly maxFilms: number;
  /** Their uploaded bytes in all, at most. A single film is always accepted. */
  readonly maxBytes: number;
  /** From acceptance of a film until its answer. */
  readonly deadlineMs: number;
  /** Width · height of a film, at most. */
  readonly maxPixels: number;
  /** Takes DICOM secondary captures, too. */
  readonly secondaryCapture?: boolean;
  /** Decoder processes. */
  readonly decoders: number;
  /**
   * Runner processes, each with its part of the threads; default: as many as threads, one where the first takes batches
   * (a GPU).
   */
  readonly runners?: number;
  /** Threads of all runners together; a film that is alone gets all of them. */
  readonly threads: number;
  readonly logger: Logger;
  /** A child that is not ready by then is killed. */
  readonly startTimeoutMs?: number;
  /**
   * A child that took a film shortly before the film's deadline gets at least this long before it is killed: under
   * overload every film is late, and killing healthy children makes it worse. The film itself is still answered at its
   * deadline.
   */
  readonly killGraceMs?: number;
  /** Programs of the children; tests use ones that crash. */
  readonly decoderModule?: URL;
  readonly runnerModule?: URL;
}
