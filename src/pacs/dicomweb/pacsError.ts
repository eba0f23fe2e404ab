/**
 * What a PACS did, or failed to do. The message never holds a value of a film or of an answer: it is logged, and kept
 * with the job.
 */
export class PacsError extends Error {
  override readonly name = 'PacsError';

  constructor(
    readonly code: PacsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * - `unreachable`: no connection, or it broke off. `deadline`: no whole answer in time. `stopped`: we are closing.
 * - `redirect`, `status`: an answer that is no success. `unauthorised`: 401 or 403.
 * - `bad-answer`: a success that is not what DICOMweb says it must be. `too-large`: more than we take.
 * - `other-instance`: another film than the one that was asked for.
 * - `not-stored`: the PACS doesn't confirm every object that it was sent.
 */
export type PacsErrorCode =
  | 'unreachable'
  | 'deadline'
  | 'stopped'
  | 'redirect'
  | 'status'
  | 'unauthorised'
  | 'bad-answer'
  | 'too-large'
  | 'other-instance'
  | 'not-stored';
