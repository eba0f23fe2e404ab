export type ImportErrorCode =
  /** The file is something else than what it was given as: an LFS pointer, a web page, another format. */
  | 'wrong-file'
  /** The cfg is not a cfg, or contradicts itself. */
  | 'bad-cfg'
  /** The cfg asks for arithmetic that the importer does not have. */
  | 'unsupported'
  /** The weights end before the network does, or go on after it. */
  | 'wrong-length'
  /** Numbers that no trained network holds: NaN, infinite, a negative variance. */
  | 'bad-numbers'
  /** The h5 file, its anchors or its classes do not fit the network that they should describe. */
  | 'bad-keras'
  /** The classes file, or an option, does not fit the network. */
  | 'bad-options';

/**
 * A network that can't be imported. The message names the layer or the thing, and what to do about it where that is
 * known.
 */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  constructor(
    readonly code: ImportErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
