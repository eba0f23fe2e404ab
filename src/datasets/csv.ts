import type { Fault } from './fault.js';
import { FormatError } from './fault.js';

/** A table with its header. Cells are found by the name of their column, in lower case. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
  /** Rows of another length than the header. */
  readonly faults: readonly Fault[];
}

export interface CsvRow {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** '' where there is no such column. */
  cell(column: string): string;
}

/**
 * CSV after RFC 4180 with a header line: quotes, doubled quotes and line ends in quotes, CRLF or LF; separated by
 * what the header is separated by, comma, semicolon or tab (Excel follows the country). Blank lines are passed over.
 *
 * @throws FormatError for a quote that is never closed, an empty file, and a column in `required` that is missing
 */
export function readCsv(text: string, file: string, required: readonly string[] = []): CsvTable {
  const separator = separatorOf(text);
  const [header, ...records] = recordsOf(text, separator, file);
  if (header === undefined) throw new FormatError({ file, line: 1 }, 'the file is empty');
  const columns = header.cells.map((name) => name.trim());
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
  const rows: CsvRow[] = [];
  for (const { line, cells } of records) {
    if (cells.length === columns.length) {
      rows.push({ line, cells, cell: (column) => cells[places.get(column.toLowerCase()) ?? -1]?.trim() ?? '' });
    } else {
      faults.push({ file, line, code: 'bad-row', message: `${cells.length} cells, the header has ${columns.length}` });
    }
  }
  return { columns, rows, faults };
}

/** One line, with quotes where they are needed. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => (typeof cell === 'string' && /[",;\t\r\n]|^\s|\s$/.test(cell) ? quoted(cell) : String(cell))).join(',')}\n`;
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

interface Record {
  readonly line: number;
  readonly cells: readonly string[];
}

function separatorOf(text: string): string {
  const [header = ''] = text.split(/\r|\n/, 1);
  return [',', ';', '\t'].find((each) => header.includes(each)) ?? ',';
}

function recordsOf(text: string, separator: string, file: string): Record[] {
  const records: Record[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const start = line;
    const cells: string[] = [];
    for (;;) {
      const cell = cellAt(text, at, separator);
      if (cell === undefined)
        throw new FormatError({ file, line: start }, 'a quote that is opened here is never closed');
      cells.push(cell.text);
      line += text.slice(at, cell.end).split('\n').length - 1;
      at = cell.end;
      if (text[at] !== separator) break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    if (cells.length > 1 || cells[0]?.trim() !== '') records.push({ line: start, cells });
  }
  return records;
}

/** The cell that begins at `from`, and where it ends; undefined where its quote is never closed. */
function cellAt(text: string, from: number, separator: string): { text: string; end: number } | undefined {
  let quote = from;
  while (text[quote] === ' ') quote += 1;
  if (text[quote] !== '"') {
    let end = from;
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
    return { text: text.slice(from, end), end };
  }
  let value = '';
  for (let at = quote + 1; ;) {
    const close = text.indexOf('"', at);
    if (close < 0) return undefined;
    value += text.slice(at, close);
    if (text[close + 1] === '"') {
      value += '"';
      at = close + 2;
      continue;
    }
    let end = close + 1;
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
    return { text: value + text.slice(close + 1, end).trim(), end };
  }
}
