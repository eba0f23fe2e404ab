import type { Logger } from '../children/index.js';
import type { RegisteredModel } from '../registry/index.js';

export interface EngineOptions {
  /** Models to serve, verified by the registry. */
  readonly models: ReadonlyMap<string, RegisteredModel>;
  /** Tried in this order, e.g. `['cuda', 'cpu']`. */
  readonly executionProviders: readonly string[];
  /** Fail at start where another provider than this one would run. */
  readonly requireProvider?: string;
  /** Films taken on and not yet answered, at most. */
  readonly maxFilms: number;
  /** Their uploaded bytes together, at most; a film on its own is always taken. */
  readonly maxBytes: number;
  /** From acceptance of a film until its answer. */
  readonly deadlineMs: number;
  /** Width · height of a film, at most. */
  readonly maxPixels: number;
  /** Decoder processes. */
  readonly decoders: number;
  /** Threads that one run of the network uses. */
  readonly threads: number;
  readonly logger: Logger;
  /** A child that is not ready after this is ended. */
  readonly startTimeoutMs?: number;
  /**
   * A child that took a film shortly before the film's deadline is not ended before it has had this long:
   * under overload every film comes late, and ending healthy children would only make it worse. The film
   * itself is answered at its deadline all the same.
   */
  readonly killGraceMs?: number;
  /** Programs of the children; tests put in ones that crash. */
  readonly decoderModule?: URL;
  readonly runnerModule?: URL;
}
