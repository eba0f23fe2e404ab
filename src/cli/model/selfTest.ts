import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../../config.js';
import { type Box, iou } from '../../detector/index.js';
import { loadModel, type RegisteredModel } from '../../registry/index.js';
import type { Report } from '../../report/index.js';
import { analyseFiles } from '../detect/analyseFiles.js';
import { engineFor } from '../detect/engine.js';
import { modelsFolder } from './modelsFolder.js';

/** What a model says of the film that lies beside it, a drawn one that shows no patient. */
interface SelfTest {
  readonly state: Report['state'];
  readonly filmScore: number | null;
  readonly attributes: Readonly<Record<string, number>>;
  readonly detections: readonly { readonly class: string; readonly score: number; readonly box: Box }[];
}

const filmName = 'self-test.png';
const answerName = 'self-test.json';

/** Margins in which other processors and providers stay (CUDA computes convolutions in TF32, with 10 bits of mantissa). */
const tolerance = { score: 0.02, iou: 0.95 } as const;

/** Nobody waits, and a busy machine is no fault of the model. */
const patience = { startTimeoutMs: 900_000, deadlineMs: 900_000 };

/** `model self-test`: keeps a film and what the model says of it beside the model; `model check` asks it again. */
export function selfTestCommand(): Command {
  return new Command('self-test')
    .description('keep a film beside a model with what the model says of it, which `model check` then asks again')
    .requiredOption('--model <name>', 'name of the model')
    .requiredOption('--film <file>', 'PNG of a film that may be handed on: a drawn one')
    .option('--models <dir>', 'models folder (default: MODELS_DIR, or models)')
    .action(async ({ model: name, film, models }: { model: string; film: string; models?: string }) => {
      const model = await loadModel(join(modelsFolder(models), name));
      const answer = await ask(model, film);
      await copyFile(film, join(model.folder, filmName));
      await writeFile(join(model.folder, answerName), `${JSON.stringify(answer, null, 2)}\n`);
      process.stdout.write(`${name} says ${answer.state}, ${answer.detections.length} boxes, of ${film}\n`);
    });
}

/** Whether the pipeline that is served still says of the film what it said; undefined where it does, or where the model has no self-test. */
export async function runSelfTest(model: RegisteredModel): Promise<string | undefined> {
  const text = await readFile(join(model.folder, answerName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return differenceOf(JSON.parse(text) as SelfTest, await ask(model, join(model.folder, filmName)));
}

async function ask(model: RegisteredModel, film: string): Promise<SelfTest> {
  const engine = await engineFor(model, readConfig({ ...process.env, NODE_ENV: '' }), patience);
  try {
    for await (const { report } of analyseFiles([{ path: film, name: film }], engine, model, undefined)) {
      if (report.state === 'not-analysed') throw new Error(`${film}: ${report.reason.code}: ${report.reason.detail}`);
      return {
        state: report.state,
        filmScore: report.filmScore,
        attributes: report.attributes ?? {},
        detections: report.detections.map(({ class: name, score, box }) => ({ class: name, score, box })),
      };
    }
    throw new Error(`${film}: no report came of it`);
  } finally {
    await engine.close();
  }
}

function differenceOf(expected: SelfTest, found: SelfTest): string | undefined {
  const said = ({ state, filmScore }: SelfTest) => `${state}, film score ${filmScore?.toFixed(3) ?? 'none'}`;
  const scores = (test: SelfTest) => [test.filmScore ?? 0, ...Object.values(test.attributes)];
  const near = scores(expected).every((score, i) => Math.abs(score - (scores(found)[i] ?? Number.NaN)) <= tolerance.score);
  if (expected.state !== found.state || !near) return `${filmName}: ${said(found)}, where ${answerName} has ${said(expected)}`;
  const left = [...found.detections];
  for (const box of expected.detections) {
    const at = left.findIndex((other) => other.class === box.class && Math.abs(other.score - box.score) <= tolerance.score && iou(other.box, box.box) >= tolerance.iou);
    if (at < 0) return `${filmName}: the box of score ${box.score} of ${answerName} does not come`;
    left.splice(at, 1);
  }
  return left.length === 0 ? undefined : `${filmName}: ${left.length} boxes more than ${answerName} has`;
}
