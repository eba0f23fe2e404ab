import type { Command } from 'commander';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { describeFault } from '../datasets/index.js';
import { cardFigures, evaluate, type EvaluationReport, evaluationPage, type EvaluationResults, type PageExtras, parseResults, resultsCsv, withCardFigures } from '../evaluation/index.js';
import type { RegisteredModel } from '../registry/index.js';
import { lesionClasses } from '../report/index.js';
import { chosenModel } from './detect/engine.js';
import type { AnnotatedSet } from './evaluate/annotatedSet.js';
import { commandLine } from './evaluate/commandLine.js';
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
  return evaluateOptions().action(async (options: EvaluateOptions) => {
    process.exitCode = await evaluateAndReport(options);
  });
}

async function evaluateAndReport(options: EvaluateOptions): Promise<number> {
  if (options.out === undefined && options.card === undefined && !options.json) throw new UsageError('say with --out where the report goes, or print it with --json');
  const training = options.trainingLog === undefined ? null : await readTrainingLog(options.trainingLog);
  const run = options.results === undefined ? await runOver(options) : undefined;
  const csv = run === undefined ? await readText(options.results ?? '') : resultsCsv(run.results);
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true });
    // First of all: what took hours must not be lost with the figures.
    await replaceFile(join(options.out, 'results.csv'), csv);
  }
  // Always from the text: what was rounded while writing is rounded in every figure.
  const results = parsed(csv, options.results ?? 'results.csv');
  const report = evaluate(results, { resamples: options.resamples, seed: options.seed });
  if (options.out !== undefined) {
    const pictures = run !== undefined && options.pictures ? await worstPictures(run.films, run.model.spec) : null;
    await writeReport(options.out, report, results, { training, pictures });
  }
  if (options.card !== undefined) await replaceFile(options.card, withCardFigures(await readText(options.card), cardFigures(report)));
  process.stdout.write(options.json ? json(report) : summary(report));
  const goal = goalOf(options);
  if (goal !== null || options.fitCalibration) {
    await recommendFor(results, run?.model ?? (await modelOf(options, results.run.model.name)), { fitCalibration: options.fitCalibration, goal }, options);
  } else if (options.writeSpec) throw new UsageError('--write-spec needs something to write: --fit-calibration or an operating point');
  return failuresOf(run);
}

async function runOver(options: EvaluateOptions): Promise<FilmRun & { readonly model: RegisteredModel }> {
  const files = setsOf(options);
  const model = await modelOf(options, options.model);
  const { from, classes, label, vocPixels, viaLabel } = options;
  const format = Object.fromEntries(Object.entries({ from, classes, label, vocPixels, viaLabel }).filter(([, value]) => value !== undefined));
  const sets: ReadSet[] = [];
  for (const each of files) sets.push(await readSet(each, { split: options.split, classes: lesionClasses(model.spec), format }));
  return { ...(await runFilms(withoutFaults(sets), model, { split: options.split, command: commandLine(options, model.spec.name) })), model };
}

/** A figure over annotations with a fault in them would be wrong without showing it. */
function withoutFaults(sets: readonly ReadSet[]): readonly AnnotatedSet[] {
  const faults = [...sets.flatMap((set) => set.faults), ...leaks(sets)];
  if (faults.length === 0) return sets;
  throw new UsageError(`${faults.map(describeFault).join('\n')}\n${faults.length === 1 ? 'one fault' : `${faults.length} faults`} in what is measured against; nothing was run`);
}

async function modelOf(options: EvaluateOptions, name: string | undefined): Promise<RegisteredModel> {
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  return chosenModel(options.models ?? config.MODELS_DIR, options.model ?? name ?? config.MODEL);
}

function failuresOf(run: FilmRun | undefined): number {
  const failures = run?.failures ?? [];
  if (failures.length === 0) return exitCode.fine;
  const count = failures.length === 1 ? 'one film was not analysed and counts' : `${failures.length} films were not analysed and count`;
  process.stderr.write(`${count} as nothing found:\n${failures.map((line) => `  ${line}`).join('\n')}\n`);
  return exitCode.someFailed;
}

async function writeReport(folder: string, report: EvaluationReport, results: EvaluationResults, extras: PageExtras): Promise<void> {
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

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
}

function json(report: EvaluationReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
