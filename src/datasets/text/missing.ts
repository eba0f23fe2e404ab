/** What pandas reads as a missing value by default (`na_values` of `read_csv`), and what R and databases write. */
const missing: ReadonlySet<string> = new Set(
  ['', '#N/A', '#NA', '-NaN', '-nan', '<NA>', 'N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'].map((each) =>
    each.toLowerCase(),
  ),
);

/** The text of a cell that holds a number; '' if it marks a missing one, as `to_csv(na_rep='NaN')` does. */
export function numberText(cell: string): string {
  return missing.has(cell.toLowerCase()) ? '' : cell;
}
