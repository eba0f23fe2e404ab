/** A place in a file: a line (from 1), and in JSON the path to the value. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly at?: string;
}
