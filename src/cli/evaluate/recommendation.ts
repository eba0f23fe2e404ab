import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CalibrationError,
  type EvaluationResults,
  OperatingPointError,
  recommend,
  type Recommendation,
  type RecommendationChoices,
} from '../../evaluation/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import { UsageError } from '../exit.js';
import { writeSpec } from './writeSpec.js';

export interface RecommendationOutput {
  readonly out?: string;
  readonly writeSpec: boolean;
}

/** Says what calibration and threshold these results ask for, as recommendation.json and in words; writes model.json where that was asked. */
export async function recommendFor(
  results: EvaluationResults,
  model: RegisteredModel,
  choices: RecommendationChoices,
  output: RecommendationOutput,
): Promise<void> {
  const { run } = results;
  if (run.model.specSha256 !== model.specSha256) {
    throw new UsageError(
      `the results are of ${run.model.name} ${run.model.version} with the spec ${run.model.specSha256}, but ${model.folder} holds ${model.spec.version} with ${model.specSha256}: run the films again`,
    );
  }
  const recommended = sayingWrongUse(() => recommend(results, model.spec, choices));
  if (output.out !== undefined)
    await writeFile(join(output.out, 'recommendation.json'), `${JSON.stringify(recommended, null, 2)}\n`);
  process.stderr.write(inWords(recommended, choices));
  if (!output.writeSpec) return;
  const version = await writeSpec(model, recommended);
  process.stderr.write(
    version === undefined
      ? 'model.json says so already\n'
      : `model.json is ${model.spec.name} ${version} now: run evaluate again for its figures\n`,
  );
}

function inWords(
  { calibration, threshold, reached, boxEce }: Recommendation,
  { fitCalibration }: RecommendationChoices,
): string {
  const lines = [
    `threshold ${threshold.score}: ${threshold.source}`,
    `  there ${reached.falsePositivesPerFilm.toFixed(3)} false positives a film, ${percent(reached.boxSensitivity)} of the true boxes found; films: sensitivity ${percent(reached.filmSensitivity)}, specificity ${percent(reached.filmSpecificity)}`,
  ];
  if (fitCalibration && calibration !== null) {
    lines.push(
      `calibration ${formula(calibration)}: error of box scores ${boxEce.before.toFixed(3)} before, ${boxEce.after.toFixed(3)} after, on the films that it was fitted on`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function formula(calibration: NonNullable<Recommendation['calibration']>): string {
  if (calibration.kind === 'platt') return `σ(${calibration.slope} · logit + ${calibration.intercept})`;
  return `σ(${calibration.a} · ln(s) − ${calibration.b} · ln(1 − s) + ${calibration.c})`;
}

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`;
}

function sayingWrongUse<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof CalibrationError || error instanceof OperatingPointError)
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
