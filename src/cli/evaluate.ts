import { Command, InvalidArgumentError } from 'commander';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { type BootstrapOptions, defaultBootstrap, evaluate, type EvaluationReport, parseResults, resultsCsv } from '../evaluation/index.js';
import type { RegisteredModel } from '../registry/index.js';
import { lesionClasses } from '../report/index.js';
import { chosenModel } from './detect/engine.js';
import { type AnnotatedSet } from './evaluate/annotatedSet.js';
import { commandLine } from './evaluate/commandLine.js';
import { type Faults, readSet, type SetFiles, setFiles } from './evaluate/readSet.js';
import { runFilms } from './evaluate/runFilms.js';
import { summary } from './evaluate/summary.js';
import { exitCode, UsageError } from './exit.js';

export interface EvaluateOptions {
  readonly model?: string;
  readonly models?: string;
  readonly images: readonly string[];
  readonly annotations: readonly string[];
  readonly films: readonly string[];
  readonly set: readonly string[];
  readonly split?: string;
  readonly results?: string;
  readonly out?: string;
  readonly resamples: number;
  readonly seed: number;
  readonly json: boolean;
}

/** `evaluate`: how good a model is, over annotated films or from what it said of them before. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure a model on annotated films; several sets: give --images, --annotations and --films for each, in the same order')
    .option('--model <name>', 'model to measure (MODEL)')
    .option('--models <dir>', 'folder of models (MODELS_DIR)')
    .option('--images <dir>', 'folder of films', collected, [])
    .option('--annotations <file>', 'true boxes: CSV of image,xmin,ymin,xmax,ymax,label', collected, [])
    .option('--films <file>', 'CSV of image and, where known, source,patient,split,finding,width,height,n_boxes', collected, [])
    .option('--set <name>', 'name of a set (default: the folder of its annotations)', collected, [])
    .option('--split <name>', 'only films of this split')
    .option('--results <file>', 'instead of films: a results.csv, from which every figure comes out again')
    .option('--out <dir>', 'folder for report.json, results.csv and report.html')
    .option('--resamples <number>', 'of the bootstrap', wholeNumber, defaultBootstrap.resamples)
    .option('--seed <number>', 'of the bootstrap', wholeNumber, defaultBootstrap.seed)
    .option('--json', 'print the report instead of a summary', false)
    .action(async (options: EvaluateOptions) => {
      process.exitCode = await evaluateAndReport(options);
    });
}

async function evaluateAndReport(options: EvaluateOptions): Promise<number> {
  if (options.out === undefined && !options.json) throw new UsageError('say with --out where the report goes, or print it with --json');
  const { csv, failures } = options.results === undefined ? await resultsOfFilms(options) : { csv: await readText(options.results), failures: [] };
  const bootstrap: BootstrapOptions = { resamples: options.resamples, seed: options.seed };
  // Always from the text: what was rounded while writing is rounded in every figure.
  const report = evaluate(parseResults(csv), bootstrap);
  if (options.out !== undefined) await writeReport(options.out, csv, report);
  process.stdout.write(options.json ? json(report) : summary(report));
  if (failures.length === 0) return exitCode.fine;
  process.stderr.write(`${failures.length} films failed; each counts as one on which nothing was found:\n${failures.map((line) => `  ${line}`).join('\n')}\n`);
  return exitCode.someFailed;
}

async function resultsOfFilms(options: EvaluateOptions): Promise<{ csv: string; failures: readonly string[] }> {
  const files = filesOf(options);
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  const model = await chosenModel(options.models ?? config.MODELS_DIR, options.model ?? config.MODEL);
  const sets = await readSets(files, options.split, model);
  const { results, failures } = await runFilms(sets, model, { split: options.split, command: commandLine(options, model.spec.name) });
  return { csv: resultsCsv(results), failures };
}

async function readSets(files: readonly SetFiles[], split: string | undefined, model: RegisteredModel): Promise<AnnotatedSet[]> {
  const faults: Faults = [];
  const sets = [];
  for (const each of files) sets.push(await readSet(each, split, lesionClasses(model.spec), faults));
  if (faults.length > 0) throw new UsageError(`${faults.length} faults in the annotations; nothing was run:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  return sets;
}

function filesOf({ images, annotations, films, set }: EvaluateOptions): SetFiles[] {
  if (images.length === 0) throw new UsageError('say what to measure on: --images and --annotations, or --results');
  if (annotations.length !== images.length) throw new UsageError('--annotations must be given once for each --images');
  if (films.length > 0 && films.length !== images.length) throw new UsageError('--films must be given once for each --images, or not at all');
  if (set.length > 0 && set.length !== images.length) throw new UsageError('--set must be given once for each --images, or not at all');
  const sets = images.map((folder, i) => setFiles(folder, annotations[i] ?? '', films[i], set[i]));
  const twice = sets.find(({ name }, i) => sets.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw new UsageError(`two sets are called ${twice.name}: name them with --set`);
  return sets;
}

async function writeReport(folder: string, csv: string, report: EvaluationReport): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.csv'), csv);
  await writeFile(join(folder, 'report.json'), json(report));
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--results: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function json(report: EvaluationReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
