import type { AnnotatedFilm } from './annotations.js';
import { csvLine } from '../csv/index.js';
import { readTable } from './text/csvTable.js';
import type { Fault } from './text/fault.js';

/** A line of films.csv: what is known about a film besides its boxes. */
export interface FilmRow {
  readonly line: number;
  readonly image: string;
  /** By column; '' if the cell is empty or the column is missing. */
  cell(column: string): string;
}

export interface FilmsTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly FilmRow[];
  readonly faults: readonly Fault[];
}

/**
 * Reads films.csv: one row per film, with `imageColumn` among its columns. A row without an image and a film listed
 * twice are faults. Throws FormatError as readTable does.
 */
export function readFilms(
  text: string,
  file: string,
  { imageColumn = 'image', required = [] as readonly string[] } = {},
): FilmsTable {
  const table = readTable(text, file, [imageColumn, ...required]);
  const faults: Fault[] = [...table.faults];
  const lines = new Map<string, number>();
  const rows: FilmRow[] = [];
  for (const row of table.rows) {
    const image = row.cell(imageColumn);
    const before = lines.get(image);
    if (image === '')
      faults.push({ file, line: row.line, code: 'bad-row', message: `the column ${imageColumn} is empty` });
    else if (before !== undefined)
      faults.push({
        file,
        line: row.line,
        image,
        code: 'duplicate',
        message: `${image} is in line ${before} already`,
      });
    else {
      lines.set(image, row.line);
      rows.push({ line: row.line, image, cell: (column) => row.cell(column) });
    }
  }
  return { file, columns: table.columns, rows, faults };
}

/**
 * The table with columns set for every row (names in lower case); new ones come last. A row is left out if any of
 * `values` gives undefined.
 */
export function writeFilms(
  table: Pick<FilmsTable, 'columns' | 'rows'>,
  values: Readonly<Record<string, (row: FilmRow) => string | undefined>>,
): string {
  const known = new Set(table.columns.map((name) => name.toLowerCase()));
  const columns = [...table.columns, ...Object.keys(values).filter((name) => !known.has(name))];
  const lines = table.rows.flatMap((row) => {
    const cells = columns.map((name) => {
      const value = values[name.toLowerCase()];
      return value === undefined ? row.cell(name) : value(row);
    });
    return cells.every((cell) => cell !== undefined) ? [csvLine(cells)] : [];
  });
  return [csvLine(columns), ...lines].join('');
}

/** A fault for each annotated film that the table does not list. */
export function filmsWithoutRow(films: readonly AnnotatedFilm[], { file, rows }: FilmsTable): Fault[] {
  const listed = new Set(rows.map(({ image }) => image));
  return films
    .filter(({ image }) => !listed.has(image))
    .map(({ image, place }) => ({
      ...(place ?? { file }),
      image,
      code: 'missing-image',
      message: `${image} has no row in ${file}`,
    }));
}

/** A table of image names only. */
export function filmsOf(images: readonly string[]): Pick<FilmsTable, 'columns' | 'rows'> {
  return {
    columns: ['image'],
    rows: images.map((image, i) => ({ line: i + 2, image, cell: (column) => (column === 'image' ? image : '') })),
  };
}
