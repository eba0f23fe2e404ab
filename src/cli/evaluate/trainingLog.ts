import { readTable } from '../../datasets/index.js';
import { type TrainingLog, trainingPlots } from '../../evaluation/index.js';
import { UsageError } from '../exit.js';
import { readTextFile, sayingWrongUse } from '../annotations/input.js';

/**
 * Reads the log that training/train.py writes: a row an epoch, numbers under the names of their columns.
 *
 * @throws UsageError where no curve could be drawn of it
 */
export async function readTrainingLog(path: string): Promise<TrainingLog> {
  const { name, text } = await readTextFile(path);
  const { columns, rows } = sayingWrongUse(() => readTable(text, name, ['epoch']));
  const numberIn = (cell: string): number => (cell === '' ? NaN : Number(cell));
  const log = {
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column, numberIn(row.cell(column))]))),
  };
  if (trainingPlots(log).length === 0)
    throw new UsageError(`${name}: holds no number that could be drawn as a curve of the run`);
  return log;
}
