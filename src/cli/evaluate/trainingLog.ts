import { readCsv } from '../../datasets/index.js';
import type { TrainingLog } from '../../evaluation/index.js';
import { readTextFile, sayingWrongUse } from '../annotations/input.js';

/** Reads the log that training writes: a row an epoch, numbers under the names of their columns. */
export async function readTrainingLog(path: string): Promise<TrainingLog> {
  const { name, text } = await readTextFile(path);
  const { columns, rows } = sayingWrongUse(() => readCsv(text, name, ['epoch']));
  const numberIn = (cell: string): number => (cell === '' ? NaN : Number(cell));
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column, numberIn(row.cell(column))]))) };
}
