import type { TableRow } from './text/csvTable.js';

/** `column=value` or `column!=value`, as given on the command line. */
export interface Condition {
  readonly column: string;
  readonly value: string;
  readonly negated: boolean;
}

/** Undefined if the text isn't a condition. Values may contain `=`; both sides are trimmed. */
export function parseCondition(text: string): Condition | undefined {
  const [, column = '', operator, value = ''] = /^([^=!]+?)\s*(!?=)\s*(.*)$/s.exec(text.trim()) ?? [];
  return operator === undefined
    ? undefined
    : { column: column.trim(), value: value.trim(), negated: operator === '!=' };
}

/**
 * Whether a cell holds a value; of a name with levels its last ones are enough, since covid-chestxray came to write
 * Pneumonia/Viral/COVID-19 where it wrote COVID-19.
 */
function holds(cell: string, value: string): boolean {
  return cell === value || (value !== '' && cell.endsWith(`/${value}`));
}

/**
 * Whether a row meets the conditions. Several values wanted of one column: any of them. Values not wanted: none of
 * them. Different columns: all. Letters' case counts, since data sets tell PA from pa by nothing else.
 */
export function meets(row: Pick<TableRow, 'cell'>, conditions: readonly Condition[]): boolean {
  const columns = new Set(conditions.map(({ column }) => column));
  return [...columns].every((column) => {
    const value = row.cell(column);
    const own = conditions.filter((condition) => condition.column === column);
    const wanted = own.filter(({ negated }) => !negated);
    const unwanted = own.filter(({ negated }) => negated);
    return (
      (wanted.length === 0 || wanted.some((condition) => holds(value, condition.value))) &&
      !unwanted.some((condition) => holds(value, condition.value))
    );
  });
}
