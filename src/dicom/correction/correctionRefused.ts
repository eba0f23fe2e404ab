/** Why an SR is not read as a correction. */
export type CorrectionRefusal =
  | 'too-large'
  | 'broken'
  | 'unsupported-transfer-syntax'
  | 'not-a-structured-report'
  | 'not-a-correction'
  | 'not-ours'
  | 'too-many-boxes'
  | 'film-not-analysed';

/** The message never holds a value of the file, which may point to a patient. */
export class CorrectionRefused extends Error {
  override readonly name = 'CorrectionRefused';

  constructor(
    readonly code: CorrectionRefusal,
    message: string,
  ) {
    super(message);
  }
}
