import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { FitSpec, InputSpec, ModelSpec, WindowSpec } from '../../detector/index.js';
import { gates } from '../../gate/index.js';
import {
  type ImportChoices,
  ImportError,
  importModel,
  type ModelSource,
  type Precision,
  writeModelFolder,
} from '../../weights/index.js';
import { parseProbability, UsageError } from '../exit.js';
import { describeImport, measureLoss } from './importReport.js';
import { modelsFolder } from './modelsFolder.js';

interface ImportOptions {
  readonly name: string;
  readonly classes: string;
  readonly cfg?: string;
  readonly weights?: string;
  readonly h5?: string;
  readonly anchors?: string;
  readonly attributes?: string[];
  readonly title?: ReadonlyMap<string, string>;
  readonly out?: string;
  readonly precision: Precision;
  readonly size?: { width: number; height: number };
  readonly window?: WindowSpec;
  readonly fit?: FitSpec['mode'];
  readonly interpolation?: FitSpec['interpolation'];
  readonly arithmetic?: FitSpec['arithmetic'];
  readonly fill?: number;
  readonly unletterbox?: FitSpec['unletterbox'];
  readonly colour?: InputSpec['colour'];
  readonly nmsIou?: number;
  readonly threshold?: number;
  readonly thresholdSource?: string;
  readonly candidateFloor?: number;
  readonly inputGate?: ModelSpec['inputGate'];
  readonly modelVersion?: string;
  readonly licence?: string;
  readonly intendedUse?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** `model import`: darknet or Keras files → a model folder. */
export function importCommand(): Command {
  return new Command('import')
    .description('make a model of a darknet .cfg and .weights, or of a keras-yolo3 / TrainYourOwnYOLO .h5')
    .requiredOption('--name <name>', 'name of the model and of its folder')
    .requiredOption('--classes <file>', 'class names, one a line, in the order of the network')
    .option('--cfg <file>', 'darknet .cfg')
    .option('--weights <file>', 'darknet .weights')
    .option('--h5 <file>', 'Keras .h5, of save_weights or of save')
    .option('--anchors <file>', 'anchors for --h5: 10,13, 16,30, …')
    .option('--attributes <names>', 'classes that describe a box and make none, separated by commas', names)
    .option('--title <class=title>', 'what people read in place of a class name; may be given several times', title)
    .option('--out <dir>', 'models folder to write to (default: MODELS_DIR, or models)')
    .addOption(
      new Option('--precision <precision>', 'in which weights are stored').choices(['fp16', 'fp32']).default('fp32'),
    )
    .option('--size <pixels>', 'input size, 416 or 416x320 (default: that of the cfg; 416 for --h5)', inputSize)
    .option(
      '--window <percentiles>',
      'none, or the percentiles of grey levels that become black and white: 1,99',
      windowOf,
    )
    .addOption(new Option('--fit <mode>', 'how a film becomes the input').choices(['letterbox', 'stretch']))
    .addOption(
      new Option('--interpolation <kind>', 'how it is resized').choices([
        'area',
        'bilinear',
        'bilinear-corner',
        'bicubic',
      ]),
    )
    .addOption(
      new Option('--arithmetic <kind>', 'uint8: levels are rounded to bytes on the way').choices(['float32', 'uint8']),
    )
    .option('--fill <level>', 'level of the bars beside a letterboxed film, 0 to 1', parseProbability)
    .addOption(new Option('--unletterbox <kind>', 'how boxes go back to the film').choices(['exact', 'darknet']))
    .addOption(
      new Option('--colour <kind>', 'what the network sees (default: rgb; grey with a window)').choices([
        'grey',
        'rgb',
      ]),
    )
    .option(
      '--nms-iou <iou>',
      'a box is suppressed above this overlap with a better one (default: 0.45)',
      parseProbability,
    )
    .option('--threshold <score>', 'operating point (default: 0.25 for darknet, 0.3 for Keras)', parseProbability)
    .option('--threshold-source <text>', 'where the operating point came from')
    .option(
      '--candidate-floor <score>',
      'lowest raw score that a row keeps (default: 0.05, or the threshold where that is lower)',
      parseProbability,
    )
    .option(
      '--input-gate <name>',
      `what refuses films that are none before the network sees them: none, or ${gates.map(({ name }) => name).join(', ')} (default: none)`,
      inputGate,
    )
    .option('--model-version <version>', 'default: 1.0.0')
    .option('--licence <text>', 'SPDX identifier of the licence of the weights')
    .option('--intended-use <text>', 'one sentence')
    .option('--force', 'replace another model of this name', false)
    .option('--json', 'print what was imported as JSON', false)
    .action((options: ImportOptions) => importAndReport(options));
}

async function importAndReport(options: ImportOptions): Promise<void> {
  const source = await readSource(options);
  const choices = { ...choicesOf(options), classes: await readText(options.classes, '--classes') };
  const imported = await sayingWrongUse(() => importModel(source, choices));
  for (const note of imported.notes) process.stderr.write(`${note}\n`);
  const loss = await measureLoss(imported, options.precision);
  const written = await sayingWrongUse(() =>
    writeModelFolder(modelsFolder(options.out), imported, { force: options.force }),
  );
  if (written.changed && written.kept.length > 0) {
    process.stderr.write(
      `kept beside the new model: ${written.kept.join(', ')}. Check that what they say still holds.\n`,
    );
  }
  const report = describeImport({ imported, source, precision: options.precision, loss, written });
  process.stdout.write(options.json ? `${JSON.stringify(report.json, null, 2)}\n` : report.text);
}

/** Choices that do not fit the files are the caller's; files that can't be used are not. */
async function sayingWrongUse<T>(task: () => T | Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ImportError && error.code === 'bad-options')
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function readSource({ cfg, weights, h5, anchors }: ImportOptions): Promise<ModelSource> {
  if (cfg !== undefined && weights !== undefined && h5 === undefined && anchors === undefined) {
    return { format: 'darknet', cfg: await readText(cfg, '--cfg'), weights: await read(weights, '--weights') };
  }
  if (h5 !== undefined && anchors !== undefined && cfg === undefined && weights === undefined) {
    return { format: 'keras', h5: await read(h5, '--h5'), anchors: await readText(anchors, '--anchors') };
  }
  throw new UsageError('give either --cfg and --weights (darknet) or --h5 and --anchors (Keras)');
}

function choicesOf(options: ImportOptions): Omit<ImportChoices, 'classes'> {
  const { fit, interpolation, arithmetic, fill, unletterbox } = options;
  const fitChoice = present({ mode: fit, interpolation, arithmetic, fill, unletterbox });
  const source = options.thresholdSource ?? 'given at import';
  if (options.threshold === undefined && options.thresholdSource !== undefined)
    throw new UsageError('--threshold-source goes with --threshold');
  return {
    name: options.name,
    precision: options.precision,
    fit: fitChoice,
    ...present({
      version: options.modelVersion,
      licence: options.licence,
      intendedUse: options.intendedUse,
      attributes: options.attributes,
      titles: options.title,
      size: options.size,
      window: options.window,
      colour: options.colour,
      nmsIou: options.nmsIou,
      threshold: options.threshold === undefined ? undefined : { score: options.threshold, source },
      candidateFloor: options.candidateFloor,
      inputGate: options.inputGate,
    }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that were not given: an absent choice and an undefined one are not the same. */
function present<T extends object>(choices: T): Present<T> {
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) as Present<T>;
}

async function read(path: string, option: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  });
}

async function readText(path: string, option: string): Promise<string> {
  return Buffer.from(await read(path, option)).toString('utf8');
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function title(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const [, name, words] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || words === undefined)
    throw new InvalidArgumentError('It must look like opacity="Lung opacity".');
  return new Map([...before, [name, words]]);
}

function inputSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,4})(?:[x×](\d{1,4}))?$/.exec(text) ?? [];
  if (width === undefined) throw new InvalidArgumentError('It must be 416, or width x height as 416x320.');
  return { width: Number(width), height: Number(height ?? width) };
}

function windowOf(text: string): WindowSpec {
  if (text === 'none') return 'none';
  const [low, high, ...more] = text.split(',').map(Number);
  if (low === undefined || high === undefined || more.length > 0 || !(low >= 0 && high <= 100 && low < high)) {
    throw new InvalidArgumentError('It must be none, or two percentiles as 1,99.');
  }
  return { percentile: [low, high] };
}

function inputGate(text: string): ModelSpec['inputGate'] {
  if (text === 'none') return 'none';
  // The newest of the name stands last.
  const gate = gates.findLast(({ name }) => name === text);
  if (gate === undefined)
    throw new InvalidArgumentError(`It must be none, or one of ${gates.map(({ name }) => name).join(', ')}.`);
  return { name: gate.name, version: gate.version };
}
