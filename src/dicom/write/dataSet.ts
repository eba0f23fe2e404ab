/** A value: text, numbers and UIDs as they are, several in an array, sequences as arrays of items, pixels as bytes. */
export type Value = string | number | Uint8Array | readonly (string | number)[] | readonly DataSet[];

/**
 * Attributes by keyword (PS3.6), e.g. `PatientID`. Undefined leaves one out; '' and [] write it without a value, which
 * is how an attribute of type 2 says that nothing is known.
 */
export interface DataSet {
  readonly [keyword: string]: Value | undefined;
}

/** A whole object, which can be a file of its own. */
export interface Instance extends DataSet {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
  readonly SeriesInstanceUID: string;
}
