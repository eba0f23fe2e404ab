import type { Command } from 'commander';
import { join } from 'node:path';
import { readConfig } from '../../config.js';
import { describeFault } from '../../datasets/index.js';
import { cardFigures, evaluate, type EvaluationResults, resultsCsv, withCardFigures } from '../../evaluation/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import { lesionClasses } from '../../report/index.js';
import { chosenModel } from '../detect/engine.js';
import { exitCode, UsageError } from '../exit.js';
import { readGivenText } from '../readGiven.js';
import { replaceFile } from '../replaceFile.js';
import type { AnnotatedSet } from './annotatedSet.js';
import { type CompareOptions, printComparison, withCompare } from './compare.js';
import { type ExplainOptions, printExplanation, withExplain } from './explain.js';
import { parsedResults, readCard, readTrainingLog } from './files.js';
import { commandLine, type EvaluateOptions, evaluateOptions, goalOf, setsOf } from './options.js';
import { type ReadSet, readSet } from './readSet.js';
import { recommendFor } from './recommendation.js';
import { makeFolder, reportJson, summary, worstPictures, writeReport } from './report.js';
import { type FilmRun, runFilms } from './runFilms.js';
import { leaks } from './setFaults.js';

/** `evaluate`: measures a model on annotated films, or from the results.csv of an earlier run. */
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
  // Checked before any film is run: a card without a place for figures must not waste a run of hours.
  const card = options.card === undefined ? undefined : await readCard(options.card);
  const training = options.trainingLog === undefined ? null : await readTrainingLog(options.trainingLog);
  const run = options.results === undefined ? await runOver(options) : undefined;
  const csv = run === undefined ? await readGivenText(options.results ?? '') : resultsCsv(run.results);
  // A file that was given must be one of results before it replaces another. A run of hours is written first of all.
  if (run === undefined) parsedResults(csv, options.results ?? '');
  if (options.out !== undefined) {
    await makeFolder(options.out);
    await replaceFile(join(options.out, 'results.csv'), csv);
  }
  // Always from the text, so that every figure comes from the file's rounded numbers.
  const results = parsedResults(csv, options.results ?? 'results.csv');
  const report = evaluate(results, { resamples: options.resamples, seed: options.seed });
  if (options.out !== undefined) {
    const pictures = run !== undefined && options.pictures ? await worstPictures(run.films, run.model.spec) : null;
    await writeReport(options.out, report, results, { training, pictures });
  }
  if (options.card !== undefined && card !== undefined)
    await replaceFile(options.card, withCardFigures(card, cardFigures(report)));
  process.stdout.write(options.json ? reportJson(report) : summary(report));
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

/** Before the first film is run. */
function assertMeant(options: EvaluateOptions): void {
  if (options.out === undefined && options.card === undefined && !options.json)
    throw new UsageError('give --out to write the report, or --json to print it');
  if (options.writeSpec && !options.fitCalibration && goalOf(options) === null)
    throw new UsageError('--write-spec needs something to write: --fit-calibration or an operating point');
  const { results, images, annotations, films, set, split } = options;
  if (
    results !== undefined &&
    (split !== undefined || [images, annotations, films, set].some((given) => given.length > 0))
  ) {
    throw new UsageError(
      '--results has its films in the file: ' +
        "it can't be combined with --images, --annotations, --films, --set or --split",
    );
  }
}

async function runOver(options: EvaluateOptions): Promise<FilmRun & { readonly model: RegisteredModel }> {
  const files = setsOf(options);
  const model = await modelOf(options, options.model);
  const { from, classes, label, vocPixels, viaLabel, clip, crowdsAsBoxes } = options;
  const format = Object.fromEntries(
    Object.entries({ from, classes, label, vocPixels, viaLabel, clip, crowdsAsBoxes }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const sets: ReadSet[] = [];
  for (const each of files)
    sets.push(await readSet(each, { split: options.split, classes: lesionClasses(model.spec), format }));
  for (const note of sets.flatMap(({ notes }) => notes)) process.stderr.write(`${note}\n`);
  const annotated = withoutFaults(sets);
  if (options.out !== undefined) await makeFolder(options.out);
  return {
    ...(await runFilms(annotated, model, { split: options.split, command: commandLine(options, model.spec.name) })),
    model,
  };
}

/** Figures from annotations with a fault would be wrong without showing it. */
function withoutFaults(sets: readonly ReadSet[]): readonly AnnotatedSet[] {
  const faults = [...sets.flatMap((set) => set.faults), ...leaks(sets)];
  if (faults.length === 0) return sets;
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  throw new UsageError(`${faults.map(describeFault).join('\n')}\n${count} in the annotations; nothing was run`);
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

/** Finds the same file under two names, in two sets or in two rows: then there are fewer films than the figures say. */
function copiesAmong({ films }: EvaluationResults): string {
  const known = films.flatMap(({ sha256 }) => (sha256 === '' ? [] : [sha256]));
  const copies = known.length - new Set(known).size;
  if (copies === 0) return '';
  return copies === 1
    ? 'one film is the same file as another of these films, and was counted twice\n'
    : `${copies} films are the same files as others of these films, and were counted again\n`;
}
