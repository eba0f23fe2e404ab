import { CsvError, type CsvRow, readCsv } from '../../csv/index.js';
import { decoded, type Fail, numberIn, ResultsError, shareIn } from './cells.js';
import { parseFilm } from './parseFilm.js';
import type { EvaluationResults, EvaluationRun } from './results.js';
import { columns } from './writeResults.js';

/**
 * Reads a results.csv.
 *
 * @throws ResultsError naming the line
 */
export function parseResults(text: string): EvaluationResults {
  const lines = text.split(/\r?\n/);
  const headLines = lines.indexOf(columns.join(','));
  if (headLines < 0) throw new ResultsError(`has no line ${columns.join(',')}: it is not a results.csv`);
  const { run, count } = parseHead(lines.slice(0, headLines));
  const films = rowsOf(lines.slice(headLines).join('\n'), headLines).map(({ line, cells }) =>
    parseFilm(cells, run.model.lesions, failing(`line ${headLines + line}:`)),
  );
  if (films.length !== count)
    throw new ResultsError(`has ${films.length} films but should have ${count}: it was cut short or merged`);
  if (films.length === 0) throw new ResultsError('has no film');
  return { run, films };
}

function rowsOf(table: string, linesBefore: number): readonly CsvRow[] {
  try {
    return readCsv(table, { separator: ',' }).rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ResultsError(`line ${linesBefore + error.line}: ${error.message}`, { cause: error });
  }
}

function parseHead(lines: readonly string[]): { readonly run: EvaluationRun; readonly count: number } {
  const head = new Map(lines.map(headEntry));
  const text = (key: string): string => head.get(key) ?? failing('')(`the head lacks "# ${key}:"`);
  const at = (key: string): Fail => failing(`"# ${key}:"`);
  const number = (key: string): number => numberIn(text(key), at(key));
  const share = (key: string): number => shareIn(text(key), at(key));
  const words = (key: string): string[] =>
    text(key)
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => decoded(word, at(key)));
  if (number('results') !== 1) throw new ResultsError(`results of version ${text('results')} can't be read here`);
  const run: EvaluationRun = {
    model: {
      name: text('model'),
      version: text('version'),
      specSha256: text('specSha256'),
      onnxSha256: text('onnxSha256'),
      threshold: share('threshold'),
      calibrated: text('calibrated') === 'true',
      lesions: words('lesions'),
      attributes: words('attributes'),
    },
    kept: { floor: share('floor'), maximumPerFilm: number('maximumPerFilm') },
    provider: text('provider'),
    split: text('split') === '' ? null : text('split'),
    command: text('command'),
    createdAt: text('createdAt'),
  };
  return { run, count: number('films') };
}

function headEntry(line: string, index: number): [key: string, value: string] {
  const [, key, value] = /^# (\w+): ?(.*)$/.exec(line) ?? [];
  return key === undefined || value === undefined
    ? failing(`line ${index + 1}:`)('is not "# key: value"')
    : [key, value];
}

function failing(where: string): Fail {
  return (message) => {
    throw new ResultsError(`${where} ${message}`.trimStart());
  };
}
