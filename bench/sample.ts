/** What was measured of one system by one number of clients in one go. */
export interface Sample {
  readonly latenciesMs: readonly number[];
  readonly perSecond: number;
}

/** Anything that turns films into boxes. */
export interface System {
  readonly name: string;
  measure(clients: number, seconds: number): Promise<Sample>;
  stop(): Promise<void>;
}
