import { readTable } from '../../datasets/index.js';
import {
  type EvaluationResults,
  figuresOnCard,
  parseResults,
  ResultsError,
  type TrainingLog,
  trainingPlots,
} from '../../evaluation/index.js';
import { readTextFile, sayingBadFormat } from '../annotations/readFiles.js';
import { UsageError, wrongUse } from '../exit.js';
import { readGivenText } from '../readGiven.js';

/**
 * Reads a results.csv.
 *
 * @throws UsageError naming the file, and the line that can't be read
 */
export async function readResultsFile(path: string): Promise<EvaluationResults> {
  return parsedResults(await readGivenText(path), path);
}

/** @throws UsageError naming the file, and the line that can't be read */
export function parsedResults(csv: string, file: string): EvaluationResults {
  try {
    return parseResults(csv);
  } catch (error) {
    throw error instanceof ResultsError ? wrongUse(error, file) : error;
  }
}

/**
 * The text of a model card that has a place for figures.
 *
 * @throws UsageError if it has none
 */
export async function readCard(path: string): Promise<string> {
  const card = await readGivenText(path);
  try {
    figuresOnCard(card);
  } catch (error) {
    throw wrongUse(error, path);
  }
  return card;
}

/**
 * Reads the log that training/train.py writes: a row per epoch, numbers under the names of their columns.
 *
 * @throws UsageError if no curve can be drawn from it
 */
export async function readTrainingLog(path: string): Promise<TrainingLog> {
  const { name, text } = await readTextFile(path);
  const { columns, rows } = sayingBadFormat(() => readTable(text, name, ['epoch']));
  const numberIn = (cell: string): number => (cell === '' ? NaN : Number(cell));
  const log = {
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column, numberIn(row.cell(column))]))),
  };
  if (trainingPlots(log).length === 0) throw new UsageError(`${name}: no column can be drawn as a curve`);
  return log;
}
