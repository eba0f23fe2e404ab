export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in turn. */
  readonly bodies: readonly Uint8Array[];
  /** Each sends its next request when it has its answer, on a connection of its own. */
  readonly clients: number;
  /** Ends when either is reached, after waiting for the requests that were sent. */
  readonly seconds: number;
  readonly requests: number;
  /** Returns all answers; otherwise only those that are not 2xx. */
  readonly keepAnswers: boolean;
}

export interface Answer {
  /** Which of the bodies. */
  readonly film: number;
  /** 0 if the connection ended without an answer. */
  readonly status: number;
  readonly body: string;
}

export interface LoadResult {
  readonly latenciesMs: readonly number[];
  /** From the first request sent to the last answer. */
  readonly elapsedMs: number;
  readonly answers: readonly Answer[];
}
