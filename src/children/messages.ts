/**
 * What every kept child says besides its answers: it gets `start` once and replies `ready` or `fatal`; after that it
 * answers one piece of work at a time. Messages travel over `fork` with `serialization: 'advanced'`.
 */
export interface ReadyMessage {
  readonly kind: 'ready';
  /** Runners only: the execution provider of its sessions. */
  readonly provider?: string;
  /** For the log, e.g. why a requested provider does not run. */
  readonly notes: readonly string[];
}

/** The child can't do its work at all; it exits after this. */
export interface FatalMessage {
  readonly kind: 'fatal';
  readonly message: string;
}
