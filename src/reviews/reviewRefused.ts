/** Why a review can't be one of its report; `bad-review`: it contradicts itself or says nothing. */
export type RefusalCode =
  | 'bad-review'
  | 'box-outside-film'
  | 'film-not-analysed'
  | 'key-reused'
  | 'too-many-boxes'
  | 'unknown-box'
  | 'unknown-class';

/** Nothing was recorded. The message names the member that is wrong, and never holds its value. */
export class ReviewRefused extends Error {
  override readonly name = 'ReviewRefused';

  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}
