export type ImportErrorCode =
  /** The file is not what it was given as: an LFS pointer, a web page, another format. */
  | 'wrong-file'
  /** The cfg is not a cfg, or contradicts itself. */
  | 'bad-cfg'
  /** The cfg asks for arithmetic that the importer doesn't support. */
  | 'unsupported'
  /** The weights are too short or too long for the network. */
  | 'wrong-length'
  /** Numbers that no trained network holds: NaN, infinite, a negative variance. */
  | 'bad-numbers'
  /** The h5 file, its anchors or its classes don't fit the network that they should describe. */
  | 'bad-keras'
  /** The classes file or an option doesn't fit the network. */
  | 'bad-options';

/** A network that can't be imported. The message names the layer or the thing and, if known, what to do about it. */
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
