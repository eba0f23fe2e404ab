import type { Logger } from '../children/index.js';
import type { RegisteredModel } from '../registry/index.js';

export interface EngineOptions {
  /** Models to serve, verified by the registry. */
  readonly models: ReadonlyMap<string, RegisteredModel>;
  /** The model for most films. The other networks are loaded when their first film arrives. */
  readonly defaultModel?: string;
  /** Tried in this order, e.g. `['cuda', 'cpu']`. */
  readonly executionProviders: readonly string[];
  /** Fail at start if any other provider would run. */
  readonly requireProvider?: string;
  /** Most films that may be accepted and not yet answered. */
  readonly maxFilms: number;
  /** Most bytes of their uploads together. A single film is always accepted. */
  readonly maxBytes: number;
  /** Time from a film's acceptance to its answer. */
  readonly deadlineMs: number;
  /** Greatest width · height of a film. */
  readonly maxPixels: number;
  /** Also accept DICOM secondary captures. */
  readonly secondaryCapture?: boolean;
  /** Decoder processes. */
  readonly decoders: number;
  /**
   * Runner processes, each with its share of the threads. Default: as many as threads, or one if the first runs batches
   * (a GPU).
   */
  readonly runners?: number;
  /** Threads of all runners together; a film that is alone gets all of them. */
  readonly threads: number;
  readonly logger: Logger;
  /** A child that isn't ready after this time is killed. */
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
