import { appearances, type BoxResult, type EvaluationResults, type EvaluationRun, type FilmResult } from './results.js';

/** A results file that can't be read; the message names the line. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

const columns = [
  'sha256',
  'set',
  'source',
  'patient',
  'state',
  'appearance',
  'truths',
  'film_score',
  'attributes',
  'boxes',
] as const;

/**
 * Results as CSV: lines of `# key: value` about the run, then one row a film. Lists stand inside a cell:
 *
 *     truths       opacity:2                          class:number
 *     attributes   typical:0.71;atypical:0.03         name:probability, of the best box
 *     boxes        opacity 0.93 0:0.812345 1:0.071203;…   class, score, then truth:IoU for each true box that it overlaps
 *
 * `parseResults` gives back the same results: figures are always made from what was written.
 */
export function resultsCsv({ run, films }: EvaluationResults): string {
  const { model, kept } = run;
  const head = {
    results: 1,
    model: model.name,
    version: model.version,
    specSha256: model.specSha256,
    onnxSha256: model.onnxSha256,
    threshold: model.threshold,
    calibrated: model.calibrated,
    lesions: model.lesions.map(encoded).join(' '),
    attributes: model.attributes.map(encoded).join(' '),
    floor: kept.floor,
    maximumPerFilm: kept.maximumPerFilm,
    provider: run.provider,
    split: run.split ?? '',
    createdAt: run.createdAt,
    command: run.command.replace(/\s+/g, ' '),
    films: films.length,
  };
  const lines = Object.entries(head).map(([key, value]) => `# ${key}: ${String(value)}`);
  return `${[...lines, columns.join(','), ...films.map(filmRow)].join('\n')}\n`;
}

function filmRow(film: FilmResult): string {
  const cells = [
    film.sha256,
    quoted(film.set),
    quoted(film.source),
    film.patient,
    quoted(film.state),
    film.appearance ?? '',
    truthCounts(film.truths),
    film.filmScore,
    film.attributes === null
      ? ''
      : Object.entries(film.attributes)
          .map(([name, value]) => `${encoded(name)}:${value}`)
          .join(';'),
    film.boxes.map(boxText).join(';'),
  ];
  return cells.join(',');
}

function truthCounts(truths: readonly string[]): string {
  // Runs of one class: their order is kept, since overlaps count by it.
  const runs: { name: string; times: number }[] = [];
  for (const name of truths) {
    const last = runs.at(-1);
    if (last?.name === name) last.times++;
    else runs.push({ name, times: 1 });
  }
  return runs.map(({ name, times }) => `${encoded(name)}:${times}`).join(';');
}

function boxText({ class: name, score, overlaps }: BoxResult): string {
  return [encoded(name), score, ...overlaps.map(({ truth, iou }) => `${truth}:${iou}`)].join(' ');
}

/** Class names are free text: what would be taken for structure is written as in a URL. */
function encoded(name: string): string {
  return encodeURIComponent(name);
}

/** One line, whatever a source calls itself. */
function quoted(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}

/** @throws ResultsError naming the line */
export function parseResults(text: string): EvaluationResults {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const start = lines.indexOf(columns.join(','));
  if (start < 0) throw new ResultsError(`has no line ${columns.join(',')}: it is not a results.csv`);
  const head = new Map<string, string>();
  lines.slice(0, start).forEach((line, index) => {
    const [, key, value] = /^# (\w+): ?(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new ResultsError(`line ${index + 1}: is not "# key: value"`);
    head.set(key, value);
  });
  const { run, count } = parseHead(head);
  const films = lines.slice(start + 1).map((line, index) =>
    parseFilm(line, run.model.lesions, (message) => {
      throw new ResultsError(`line ${start + index + 2}: ${message}`);
    }),
  );
  if (films.length !== count)
    throw new ResultsError(`holds ${films.length} films, and should hold ${count}: it was cut short or put together`);
  if (films.length === 0) throw new ResultsError('holds no film');
  return { run, films };
}

function parseHead(head: ReadonlyMap<string, string>): { readonly run: EvaluationRun; readonly count: number } {
  const text = (key: string): string => {
    const value = head.get(key);
    if (value === undefined) throw new ResultsError(`the head lacks "# ${key}:"`);
    return value;
  };
  const failing =
    (key: string): Fail =>
    (message) => {
      throw new ResultsError(`"# ${key}:" ${message}`);
    };
  const number = (key: string): number => numberIn(text(key), failing(key));
  const share = (key: string): number => shareIn(text(key), failing(key));
  if (number('results') !== 1) throw new ResultsError(`results of form ${text('results')} are not known here`);
  const words = (key: string): string[] =>
    text(key)
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => decoded(word, failing(key)));
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

type Fail = (message: string) => never;

/** More on one film is a slip of the pen, which must not fill the memory. */
const mostTruths = 10_000;

function parseFilm(line: string, lesions: readonly string[], fail: Fail): FilmResult {
  const cells = csvCells(line);
  if (cells.length !== columns.length) fail(`has ${cells.length} cells instead of ${columns.length}`);
  const [
    sha256 = '',
    set = '',
    source = '',
    patient = '',
    state = '',
    appearance = '',
    truths = '',
    filmScore = '',
    attributes = '',
    boxes = '',
  ] = cells;
  const known = appearances.find((name) => name === appearance);
  if (appearance !== '' && known === undefined) fail(`"${appearance}" is no appearance: ${appearances.join(', ')}`);
  const truthClasses = list(truths).flatMap((item) => {
    const { name, value } = pair(item, fail);
    if (!Number.isInteger(value) || value < 1 || value > mostTruths) fail(`"${item}" is no count of true boxes`);
    assertLesion(name, lesions, fail);
    return Array.from({ length: value }, () => name);
  });
  const results = list(boxes).map((item) => parseBox(item, truthClasses, lesions, fail));
  if (results.some(({ score }, i) => score > (results[i - 1]?.score ?? Infinity))) fail('boxes must stand best first');
  const [score, number] = [shareIn(filmScore, fail), numberIn(patient, fail)];
  if (score < (results[0]?.score ?? 0)) fail(`the film scores ${score}, but its best box ${String(results[0]?.score)}`);
  if (!Number.isInteger(number) || number < 0) fail(`"${patient}" is no number of a patient`);
  return {
    sha256,
    set,
    source,
    patient: number,
    state,
    appearance: known ?? null,
    truths: truthClasses,
    filmScore: score,
    attributes:
      attributes === ''
        ? null
        : Object.fromEntries(
            list(attributes)
              .map((item) => pair(item, fail, shareIn))
              .map(({ name, value }) => [name, value]),
          ),
    boxes: results,
  };
}

function parseBox(text: string, truths: readonly string[], lesions: readonly string[], fail: Fail): BoxResult {
  const [encodedName = '', score = '', ...parts] = text.split(' ');
  const name = decoded(encodedName, fail);
  assertLesion(name, lesions, fail);
  const overlaps = parts.map((part) => {
    const { name: truth, value: iou } = pair(part, fail, shareIn);
    const index = numberIn(truth, fail);
    if (!Number.isInteger(index) || index < 0 || index >= truths.length)
      fail(`a box overlaps true box ${truth}, but the film has ${truths.length}`);
    if (truths[index] !== name)
      fail(
        `a box of "${name}" overlaps true box ${truth}, which is "${String(truths[index])}": only those of its class count`,
      );
    return { truth: index, iou };
  });
  if (new Set(overlaps.map(({ truth }) => truth)).size < overlaps.length) fail('a box overlaps one true box twice');
  return { class: name, score: shareIn(score, fail), overlaps };
}

/** What is measured by class would leave out a box that is counted on its film. */
function assertLesion(name: string, lesions: readonly string[], fail: Fail): void {
  if (!lesions.includes(name)) fail(`"${name}" is none of the lesions of the head: ${lesions.join(', ')}`);
}

function list(cell: string): string[] {
  return cell === '' ? [] : cell.split(';');
}

function pair(text: string, fail: Fail, read = numberIn): { name: string; value: number } {
  const [name = '', value = ''] = text.split(':');
  return { name: decoded(name, fail), value: read(value, fail) };
}

function decoded(name: string, fail: Fail): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return fail(`"${name}" is no name as it is written in URLs`);
  }
}

function numberIn(text: string, fail: Fail): number {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? fail(`"${text}" is no number`) : value;
}

/** Scores, probabilities and overlaps. */
function shareIn(text: string, fail: Fail): number {
  const value = numberIn(text, fail);
  return value >= 0 && value <= 1 ? value : fail(`"${text}" is no number from 0 to 1`);
}

/** Cells of one line, RFC 4180 without line breaks in cells. */
function csvCells(line: string): string[] {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;
  for (;;) {
    const [, inQuotes, plain, end] = cell.exec(line) ?? [];
    // A quote that does not end: one cell too few, which is what the caller says.
    if (end === undefined) return cells;
    cells.push(inQuotes?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '') return cells;
  }
}
