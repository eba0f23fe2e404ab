import { CsvError, type CsvText, readCsv } from '../../csv/index.js';
import { type Fault, FormatError } from './fault.js';

/** A table with its header. Cells are found by the name of their column, whatever its case. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Rows that are longer or shorter than the header. */
  readonly faults: readonly Fault[];
}

export interface TableRow {
  /** The line on which the row begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** '' if there is no such column. */
  cell(column: string): string;
}

/**
 * A CSV file with a header line, separated by comma, semicolon or tab.
 *
 * @param given names of the columns of a file that has no header line
 * @throws FormatError if the text is not CSV, is empty, or lacks a column of `required`
 *
 * @example
 * readTable('Image,xmin\na.png,3\n', 'boxes.csv', ['image']).rows[0]?.cell('xmin'); // '3'
 */
export function readTable(
  text: string,
  file: string,
  required: readonly string[] = [],
  given?: readonly string[],
): CsvTable {
  const { header, rows: below } = sayingWhere(file, () => readCsv(text));
  const columns = given ?? header.cells;
  const records = given === undefined ? below : [header, ...below];
  const places = new Map<string, number>();
  columns.forEach((name, i) => {
    const key = name.toLowerCase();
    if (!places.has(key)) places.set(key, i);
  });
  const missing = required.filter((name) => !places.has(name.toLowerCase()));
  if (missing.length > 0) {
    throw new FormatError(
      { file, line: header.line },
      `the header has no column ${missing.map((name) => `"${name}"`).join(', ')}; it reads ${columns.join(',')}`,
    );
  }

  const faults: Fault[] = [];
  const rows: TableRow[] = [];
  for (const { line, cells } of records) {
    if (cells.length === columns.length) {
      rows.push({ line, cells, cell: (column) => cells[places.get(column.toLowerCase()) ?? -1]?.trim() ?? '' });
    } else {
      faults.push({ file, line, code: 'bad-row', message: `${cells.length} cells, the header has ${columns.length}` });
    }
  }
  return { columns, rows, faults };
}

/** The columns named by a table's first line, in lower case and without quotes: to tell tables apart. */
export function firstColumns(text: string): string[] {
  const [first = ''] = text.slice(0, 4096).trimStart().split(/\r|\n/, 1);
  return first
    .toLowerCase()
    .split(/[,;\t]/)
    .map((cell) => cell.trim().replaceAll('"', ''));
}

function sayingWhere(file: string, read: () => CsvText): CsvText {
  try {
    return read();
  } catch (error) {
    if (error instanceof CsvError) throw new FormatError({ file, line: error.line }, error.message, { cause: error });
    throw error;
  }
}
