import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Static, Type } from 'typebox';
import { Parse } from 'typebox/value';
import { readConfig } from '../../config.js';
import { iou } from '../../detector/index.js';
import { messageOf } from '../../messageOf.js';
import { loadModel, type RegisteredModel } from '../../registry/index.js';
import { analyseFiles } from '../detect/analyseFiles.js';
import { UsageError, wrongUse } from '../exit.js';
import { firstBytes } from '../firstBytes.js';
import { engineFor } from '../detect/engine.js';
import { replaceFile } from '../replaceFile.js';
import { modelsFolder } from './modelsFolder.js';

const Box = Type.Object({ x: Type.Number(), y: Type.Number(), width: Type.Number(), height: Type.Number() });

/** What a model says about the film in its folder, a synthetic one that shows no patient. */
const SelfTest = Type.Object({
  state: Type.Union([Type.Literal('findings'), Type.Literal('below-threshold')]),
  filmScore: Type.Union([Type.Number(), Type.Null()]),
  attributes: Type.Record(Type.String(), Type.Number()),
  detections: Type.Array(Type.Object({ class: Type.String(), score: Type.Number(), box: Box })),
});
type SelfTest = Static<typeof SelfTest>;

const filmName = 'self-test.png';
const answerName = 'self-test.json';

/**
 * Margins that other processors and providers keep. CUDA computes convolutions in TF32, with 10 bits of mantissa.
 */
const tolerance = { score: 0.02, iou: 0.95 } as const;

/** Nobody is waiting, and a busy machine isn't the model's fault. */
const patience = { startTimeoutMs: 900_000, deadlineMs: 900_000 };

/** `model self-test`: keeps a film and what the model says about it, for `model check` to compare with. */
export function selfTestCommand(): Command {
  return new Command('self-test')
    .description('keep a film and what the model says about it in the folder of the model, for `model check`')
    .requiredOption('--model <name>', 'name of the model')
    .requiredOption('--film <file>', 'PNG of a film that may be published: a synthetic one')
    .option('--models <dir>', 'models folder (default: MODELS_DIR, or models)')
    .action(async ({ model: name, film, models }: { model: string; film: string; models?: string }) => {
      const model = await loadModel(join(modelsFolder(models), name));
      await assertPng(film);
      const answer = await ask(model, film);
      await copyFile(film, join(model.folder, filmName));
      await replaceFile(join(model.folder, answerName), `${JSON.stringify(answer, null, 2)}\n`);
      process.stdout.write(`${name} says ${answer.state}, ${answer.detections.length} boxes, of ${film}\n`);
    });
}

/** Any other format may say whose film it is, as DICOM does, and the file is published with the model. */
async function assertPng(film: string): Promise<void> {
  const isPng = await firstBytes(film).then(
    (bytes) => Buffer.from(bytes.subarray(0, 8)).toString('latin1') === '\x89PNG\r\n\x1a\n',
    (error: unknown) => {
      throw wrongUse(error, "can't read the film");
    },
  );
  if (!isPng) throw new UsageError(`${film} is no PNG: only a PNG is kept with a model`);
}

/** What the pipeline now says differently about the film; undefined if nothing, or if there is no self-test. */
export async function runSelfTest(model: RegisteredModel): Promise<string | undefined> {
  const text = await readFile(join(model.folder, answerName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return differenceOf(parseSelfTest(text), await ask(model, join(model.folder, filmName)));
  } catch (error) {
    return messageOf(error);
  }
}

function parseSelfTest(text: string): SelfTest {
  try {
    return Parse(SelfTest, JSON.parse(text));
  } catch (error) {
    throw new Error(`${answerName} is not what \`model self-test\` wrote; run it again`, { cause: error });
  }
}

async function ask(model: RegisteredModel, film: string): Promise<SelfTest> {
  // One film needs no pool.
  const config = readConfig({ ...process.env, NODE_ENV: '', RUNNERS: '1', DECODERS: '1' });
  const engine = await engineFor(model, config, patience);
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
    throw new Error(`${film}: got no report`);
  } finally {
    await engine.close();
  }
}

function differenceOf(expected: SelfTest, found: SelfTest): string | undefined {
  const said = ({ state, filmScore }: SelfTest) => `${state}, film score ${filmScore?.toFixed(3) ?? 'none'}`;
  const scores = (test: SelfTest) => [test.filmScore ?? 0, ...Object.values(test.attributes)];
  const near = scores(expected).every(
    (score, i) => Math.abs(score - (scores(found)[i] ?? Number.NaN)) <= tolerance.score,
  );
  if (expected.state !== found.state || !near)
    return `${filmName}: ${said(found)}, where ${answerName} has ${said(expected)}`;
  const left = [...found.detections];
  for (const box of expected.detections) {
    const at = left.findIndex(
      (other) =>
        other.class === box.class &&
        Math.abs(other.score - box.score) <= tolerance.score &&
        iou(other.box, box.box) >= tolerance.iou,
    );
    if (at < 0) return `${filmName}: the box with score ${box.score} in ${answerName} is missing`;
    left.splice(at, 1);
  }
  return left.length === 0 ? undefined : `${filmName}: boxes that are not in ${answerName}: ${left.length}`;
}
