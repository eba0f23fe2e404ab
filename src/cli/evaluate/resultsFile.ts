import { readFile } from 'node:fs/promises';
import { type EvaluationResults, parseResults, ResultsError } from '../../evaluation/index.js';
import { UsageError } from '../exit.js';

/**
 * Reads a results.csv.
 *
 * @throws UsageError naming the file, and the line that can't be read
 */
export async function readResultsFile(path: string): Promise<EvaluationResults> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  });
  try {
    return parseResults(text);
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    throw new UsageError(`${path}: ${error.message}`, { cause: error });
  }
}

/** Options of `evaluate` that ask for another report, and so mean nothing with `--compare` or `--explain`. */
export const otherReports = [
  ...['model', 'models', 'images', 'annotations', 'films', 'set', 'split', 'results', 'out', 'card', 'trainingLog'],
  ...['pictures', 'fitCalibration', 'falsePositivesPerFilm', 'filmSensitivity', 'youden', 'writeSpec'],
  ...['from', 'classes', 'label', 'vocPixels', 'viaLabel'],
];
