/** The film was not accepted: nothing was analysed and there is no row. */
export class SubmissionRefused extends Error {
  override readonly name = 'SubmissionRefused';

  constructor(
    /**
     * `in-progress`: another request with the same idempotency key is still running. `bad-parameter`: the sender's
     * references contradict the DICOM file.
     */
    readonly code: 'unknown-model' | 'in-progress' | 'idempotency-mismatch' | 'bad-parameter',
    message: string,
    /** When a retry is worthwhile. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The film was accepted, but the engine gave up on it. Its row says so. */
export class FilmNotAnalysed extends Error {
  override readonly name = 'FilmNotAnalysed';

  constructor(
    readonly code: 'engine-failed' | 'deadline',
    message: string,
    /** The row, `not-analysed`. */
    readonly detectionId: string,
  ) {
    super(message);
  }
}
