/** One row of a CSV file: its line, and its cells by the names of the columns. */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** RFC 4180 with a head line; empty lines are passed over, a byte order mark and CRLF are understood. */
export function csvRows(text: string): { columns: string[]; rows: CsvRow[] } {
  const records: { line: number; cells: string[] }[] = [];
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const source = text.replace(/^\uFEFF/, '');
  while (cell.lastIndex < source.length) {
    const from = cell.lastIndex;
    const [whole, quoted, plain, end] = cell.exec(source) ?? [];
    if (whole === undefined) throw new Error(`line ${line}: a quote stands where none can`);
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    line += whole.split('\n').length - 1;
    if (end !== ',' || from + whole.length === source.length) {
      if (end === ',') cells.push('');
      if (cells.length > 1 || cells[0] !== '') records.push({ line: start, cells });
      cells = [];
      start = line;
    }
  }
  const [head, ...rows] = records;
  const columns = head?.cells.map((name) => name.trim()) ?? [];
  return {
    columns,
    rows: rows.map(({ line, cells }) => ({ line, cells: Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? ''])) })),
  };
}
