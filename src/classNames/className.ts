export interface ClassName {
  readonly name: string;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** Text that isn't a list of class names; the message says what to give instead. */
export class ClassNamesError extends Error {
  override readonly name = 'ClassNamesError';
  constructor(
    /** From 1. */
    readonly line: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
