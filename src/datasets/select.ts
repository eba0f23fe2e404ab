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
 * Whether a cell holds a value. Of a name with levels the last ones are enough: covid-chestxray now writes
 * Pneumonia/Viral/COVID-19 for what used to be COVID-19.
 */
function holds(cell: string, value: string): boolean {
  return cell === value || (value !== '' && cell.endsWith(`/${value}`));
}

/**
 * Whether a row meets the conditions: for each column, any of the wanted values and none of the unwanted ones. Case
 * matters, since in some data sets only case tells PA from pa.
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
