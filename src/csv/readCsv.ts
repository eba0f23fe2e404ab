import { CsvError as ParseError, parse } from 'csv-parse/sync';

/** Rows as they are: the caller decides what a cell means and whether a row is as long as the header. */
export interface CsvText {
  readonly header: CsvRow;
  readonly rows: readonly CsvRow[];
}

export interface CsvRow {
  /** The line on which the row begins, from 1; cells may hold line breaks. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvOptions {
  /** Default: the first of comma, semicolon and tab that is in the first line. (Excel's depends on the locale.) */
  readonly separator?: string;
}

/** Text that is not CSV. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
  /** The line on which the offending cell begins, from 1. */
  readonly line: number;

  constructor(line: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

const separators = [',', ';', '\t'] as const;

/**
 * Reads CSV (RFC 4180) with a header line: quoted cells may hold separators, doubled quotes and line breaks. Lines
 * end in LF, CRLF or CR. White space around a cell is trimmed unless it is inside the quotes, blank lines are
 * skipped, and so is a byte order mark.
 *
 * @throws CsvError for a quote that is never closed, a quote inside a cell without quotes, text after a closing
 *   quote, and text without any row
 *
 * @example
 * readCsv('name,note\nA,"two\nlines"\nB,\n');
 * // { header: { line: 1, cells: ['name', 'note'] },
 * //   rows: [{ line: 2, cells: ['A', 'two\nlines'] }, { line: 4, cells: ['B', ''] }] }
 */
export function readCsv(text: string, options: CsvOptions = {}): CsvText {
  const bytes = Buffer.from(text);
  const [header, ...rows] = rowsOf(bytes, options.separator ?? separatorOf(text));
  if (header === undefined) throw new CsvError(1, 'the file is empty');
  return { header, rows };
}

function separatorOf(text: string): string {
  const [first = ''] = text.trimStart().split(/[\r\n]/, 1);
  return separators.find((each) => first.includes(each)) ?? ',';
}

function rowsOf(bytes: Buffer, separator: string): CsvRow[] {
  const rows: CsvRow[] = [];
  const lines = lineCounter(bytes);
  let end = 0;
  try {
    parse(bytes, {
      delimiter: separator,
      record_delimiter: ['\r\n', '\n', '\r'],
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (cells: string[], at) => {
        // The parser itself counts a CRLF inside quotes as two lines.
        rows.push({ line: lines.at(firstText(bytes, end)), cells });
        end = at.bytes;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const from = typeof error['bytes'] === 'number' ? error['bytes'] : 0;
    const quote = bytes.indexOf('"', from);
    throw new CsvError(lineCounter(bytes).at(Math.max(quote, 0)), messages[error.code] ?? error.message, {
      cause: error,
    });
  }
  return rows;
}

const messages: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opened here is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a cell goes on after its closing quote; a quote inside a cell is written twice',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE:
    'a cell goes on after its closing quote; a quote inside a cell is written twice',
  INVALID_OPENING_QUOTE: 'a quote in the middle of a cell: put the cell in quotes and write the quote inside twice',
};

const lf = 10;
const cr = 13;

/** Line numbers of ascending offsets, each counted on from the last. */
function lineCounter(bytes: Buffer): { at(offset: number): number } {
  let line = 1;
  let place = 0;
  return {
    at(offset) {
      for (; place < offset; place++) {
        if (bytes[place] === lf || (bytes[place] === cr && bytes[place + 1] !== lf)) line++;
      }
      return line;
    },
  };
}

/** Skips the blank lines before a row. */
function firstText(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && blank.has(bytes[at] ?? 0)) at++;
  return at;
}

const blank: ReadonlySet<number> = new Set([lf, cr, 32, 9]);
