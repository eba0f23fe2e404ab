import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ModelSpec } from '../../detector/index.js';
import { parseModelSpec } from '../../detector/parseModelSpec.js';
import {
  CalibrationError,
  type EvaluationResults,
  OperatingPointError,
  recommend,
  type Recommendation,
  type RecommendationChoices,
} from '../../evaluation/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import { sayingWrongUse, UsageError } from '../exit.js';
import { replaceFile } from '../replaceFile.js';

export interface RecommendationOutput {
  readonly out?: string;
  readonly writeSpec: boolean;
}

/**
 * Recommends calibration and threshold for these results, in words and as recommendation.json; writes them into
 * model.json if the output says so.
 */
export async function recommendFor(
  results: EvaluationResults,
  model: RegisteredModel,
  choices: RecommendationChoices,
  output: RecommendationOutput,
): Promise<void> {
  const { run } = results;
  if (run.model.specSha256 !== model.specSha256) {
    const { name, version, specSha256 } = run.model;
    throw new UsageError(
      `the results are of ${name} ${version} with the spec ${specSha256}, but ${model.folder} holds ` +
        `${model.spec.version} with ${model.specSha256}: run the films again`,
    );
  }
  const recommended = sayingWrongUse([CalibrationError, OperatingPointError], () =>
    recommend(results, model.spec, choices),
  );
  if (output.out !== undefined)
    await replaceFile(join(output.out, 'recommendation.json'), `${JSON.stringify(recommended, null, 2)}\n`);
  process.stderr.write(inWords(recommended, choices));
  if (!output.writeSpec) return;
  const version = await writeSpec(model, recommended);
  process.stderr.write(
    version === undefined
      ? 'model.json already says so\n'
      : `model.json is now ${model.spec.name} ${version}: run evaluate again for its figures\n`,
  );
}

function inWords(
  { calibration, threshold, reached, boxEce }: Recommendation,
  { fitCalibration }: RecommendationChoices,
): string {
  const lines = [
    `threshold ${threshold.score}: ${threshold.source}`,
    `  there ${reached.falsePositivesPerFilm.toFixed(3)} false positives a film, ` +
      `${percent(reached.boxSensitivity)} of the true boxes found; ` +
      `films: sensitivity ${percent(reached.filmSensitivity)}, specificity ${percent(reached.filmSpecificity)}`,
  ];
  if (fitCalibration && calibration !== null) {
    lines.push(
      `calibration ${formula(calibration)}: error of box scores ${boxEce.before.toFixed(3)} before, ` +
        `${boxEce.after.toFixed(3)} after, on the films that it was fitted on`,
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

/**
 * Writes calibration and threshold into model.json and raises the patch number of its version: the service refuses
 * the same name and version with another spec. Returns the new version, or undefined if nothing changed.
 */
async function writeSpec(
  { spec, folder }: RegisteredModel,
  { calibration, threshold }: Recommendation,
): Promise<string | undefined> {
  const changed: ModelSpec = { ...spec, calibration, threshold };
  if (isDeepStrictEqual(changed, spec)) return undefined;
  const raised = parseModelSpec({ ...changed, version: raisedVersion(spec.version) });
  await replaceFile(join(folder, 'model.json'), `${JSON.stringify(raised, null, 2)}\n`);
  return raised.version;
}

/** 1.0.9 → 1.0.10; a prerelease (1.1.0-rc.1) becomes its release. */
export function raisedVersion(version: string): string {
  const [, major = '', minor = '', patch = '', before] = /^(\d+)\.(\d+)\.(\d+)(-.+)?$/.exec(version) ?? [];
  return `${major}.${minor}.${before === undefined ? Number(patch) + 1 : patch}`;
}
