import { stringify } from 'csv-stringify/sync';

/** `null` and `undefined` give an empty cell. */
export type CsvCell = string | number | null | undefined;

export interface CsvLineOptions {
  /**
   * Puts an apostrophe before text that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab or carriage
   * return first). For files with text from outside that people open in a spreadsheet; numbers stay numbers.
   * https://owasp.org/www-community/attacks/CSV_Injection
   */
  readonly guardFormulas?: boolean;
  /** Quotes every text, even if it needs no quotes, as VoTT does. */
  readonly quoteText?: boolean;
  /** Default `\n`. RFC 4180 itself says `\r\n`. */
  readonly lineEnd?: '\n' | '\r\n';
}

/**
 * One line of CSV (RFC 4180) with its line end. A cell is quoted if it holds a comma, a quote or a line break, or
 * begins or ends with white space, which `readCsv` would trim.
 *
 * @example
 * csvLine(['a, b', 'say "x"', 1.5, null]); // '"a, b","say ""x""",1.5,\n'
 * csvLine(['=1+1', -1], { guardFormulas: true }); // "'=1+1,-1\n"
 */
export function csvLine(cells: readonly CsvCell[], options: CsvLineOptions = {}): string {
  return stringify([cells], {
    quoted_match: /^\s|\s$/,
    quote_record_delimiter: true,
    // Without quotes it would be a blank line, which is skipped.
    quoted_empty: cells.length === 1,
    quoted_string: options.quoteText ?? false,
    escape_formulas: options.guardFormulas ?? false,
    record_delimiter: options.lineEnd ?? '\n',
  });
}
