import type { Command } from 'commander';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { describeFault } from '../datasets/index.js';
import {
  cardFigures,
  evaluate,
  type EvaluationReport,
  evaluationPage,
  type EvaluationResults,
  figuresOnCard,
  type PageExtras,
  parseResults,
  resultsCsv,
  withCardFigures,
} from '../evaluation/index.js';
import type { RegisteredModel } from '../registry/index.js';
import { lesionClasses } from '../report/index.js';
import { chosenModel } from './detect/engine.js';
import type { AnnotatedSet } from './evaluate/annotatedSet.js';
import { commandLine } from './evaluate/commandLine.js';
import { type CompareOptions, printComparison, withCompare } from './evaluate/compare.js';
import { type ExplainOptions, printExplanation, withExplain } from './evaluate/explain.js';
import { type EvaluateOptions, evaluateOptions, goalOf, setsOf } from './evaluate/options.js';
import { worstPictures } from './evaluate/pictures.js';
import { leaks, type ReadSet, readSet } from './evaluate/readSet.js';
import { recommendFor } from './evaluate/recommendation.js';
import { type FilmRun, runFilms } from './evaluate/runFilms.js';
import { summary } from './evaluate/summary.js';
import { readTrainingLog } from './evaluate/trainingLog.js';
import { exitCode, UsageError } from './exit.js';
import { replaceFile } from './replaceFile.js';

/** `evaluate`: how good a model is, over annotated films or from what it said of them before. */
export function evaluateCommand(): Command {
  return withExplain(withCompare(evaluateOptions())).action(async (options: EvaluateOptions & Readings) => {
    if (options.compare !== undefined) await printComparison(options.compare, options);
    else if (options.explain !== undefined) await printExplanation(options.explain, options);
    else process.exitCode = await evaluateAndReport(options);
  });
}

type Readings = CompareOptions & ExplainOptions;

async function evaluateAndReport(options: EvaluateOptions): Promise<number> {
  assertMeant(options);
  // Before any film is run: a place that takes no figures must not cost what took hours.
  const card = options.card === undefined ? undefined : await cardAt(options.card);
  const training = options.trainingLog === undefined ? null : await readTrainingLog(options.trainingLog);
  const run = options.results === undefined ? await runOver(options) : undefined;
  const csv = run === undefined ? await readText(options.results ?? '') : resultsCsv(run.results);
  // A file that is given must be one of results before it takes the place of another; what took hours is written first of all.
  if (run === undefined) parsed(csv, options.results ?? '');
  if (options.out !== undefined) {
    await makeFolder(options.out);
    await replaceFile(join(options.out, 'results.csv'), csv);
  }
  // Always from the text: what was rounded while writing is rounded in every figure.
  const results = parsed(csv, options.results ?? 'results.csv');
  const report = evaluate(results, { resamples: options.resamples, seed: options.seed });
  if (options.out !== undefined) {
    const pictures = run !== undefined && options.pictures ? await worstPictures(run.films, run.model.spec) : null;
    await writeReport(options.out, report, results, { training, pictures });
  }
  if (options.card !== undefined && card !== undefined)
    await replaceFile(options.card, withCardFigures(card, cardFigures(report)));
  process.stdout.write(options.json ? json(report) : summary(report));
  const code = failuresOf(run);
  process.stderr.write(copiesAmong(results));
  const goal = goalOf(options);
  if (goal !== null || options.fitCalibration) {
    await recommendFor(
      results,
      run?.model ?? (await modelOf(options, results.run.model.name)),
      { fitCalibration: options.fitCalibration, goal },
      options,
    );
  }
  return code;
}

/** Options that contradict each other would be found out after the last film, or not at all. */
function assertMeant(options: EvaluateOptions): void {
  if (options.out === undefined && options.card === undefined && !options.json)
    throw new UsageError('say with --out where the report goes, or print it with --json');
  if (options.writeSpec && !options.fitCalibration && goalOf(options) === null)
    throw new UsageError('--write-spec needs something to write: --fit-calibration or an operating point');
  const { results, images, annotations, films, set, split } = options;
  if (
    results !== undefined &&
    (split !== undefined || [images, annotations, films, set].some((given) => given.length > 0))
  ) {
    throw new UsageError(
      '--results takes the films that stand in the file: it goes with none of --images, --annotations, --films, --set and --split',
    );
  }
}

async function runOver(options: EvaluateOptions): Promise<FilmRun & { readonly model: RegisteredModel }> {
  const files = setsOf(options);
  const model = await modelOf(options, options.model);
  const { from, classes, label, vocPixels, viaLabel } = options;
  const format = Object.fromEntries(
    Object.entries({ from, classes, label, vocPixels, viaLabel }).filter(([, value]) => value !== undefined),
  );
  const sets: ReadSet[] = [];
  for (const each of files)
    sets.push(await readSet(each, { split: options.split, classes: lesionClasses(model.spec), format }));
  const annotated = withoutFaults(sets);
  if (options.out !== undefined) await makeFolder(options.out);
  return {
    ...(await runFilms(annotated, model, { split: options.split, command: commandLine(options, model.spec.name) })),
    model,
  };
}

/** A figure over annotations with a fault in them would be wrong without showing it. */
function withoutFaults(sets: readonly ReadSet[]): readonly AnnotatedSet[] {
  const faults = [...sets.flatMap((set) => set.faults), ...leaks(sets)];
  if (faults.length === 0) return sets;
  throw new UsageError(
    `${faults.map(describeFault).join('\n')}\n${faults.length === 1 ? 'one fault' : `${faults.length} faults`} in what is measured against; nothing was run`,
  );
}

async function modelOf(options: EvaluateOptions, name: string | undefined): Promise<RegisteredModel> {
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  return chosenModel(options.models ?? config.MODELS_DIR, options.model ?? name ?? config.MODEL);
}

function failuresOf(run: FilmRun | undefined): number {
  const failures = run?.failures ?? [];
  if (failures.length === 0) return exitCode.fine;
  const count =
    failures.length === 1
      ? 'one film was not analysed and counts'
      : `${failures.length} films were not analysed and count`;
  process.stderr.write(`${count} as nothing found:\n${failures.map((line) => `  ${line}`).join('\n')}\n`);
  return exitCode.someFailed;
}

/** A file under two names, in two sets or in two rows makes figures rest on fewer films than they say. */
function copiesAmong({ films }: EvaluationResults): string {
  const known = films.flatMap(({ sha256 }) => (sha256 === '' ? [] : [sha256]));
  const copies = known.length - new Set(known).size;
  return copies === 0
    ? ''
    : `${copies === 1 ? 'one film is the same file' : `${copies} films are the same files`} as others of these films, and counted again\n`;
}

async function writeReport(
  folder: string,
  report: EvaluationReport,
  results: EvaluationResults,
  extras: PageExtras,
): Promise<void> {
  await replaceFile(join(folder, 'report.json'), json(report));
  await replaceFile(join(folder, 'report.html'), evaluationPage(report, results, extras));
}

function parsed(csv: string, file: string): EvaluationResults {
  try {
    return parseResults(csv);
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The text of a card that has a place for figures. */
async function cardAt(path: string): Promise<string> {
  const card = await readText(path);
  try {
    figuresOnCard(card);
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return card;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`--out: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
}

function json(report: EvaluationReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
