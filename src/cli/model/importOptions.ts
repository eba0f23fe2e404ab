import { Command, InvalidArgumentError, Option } from 'commander';
import type { FitSpec, InputSpec, ModelSpec, WindowSpec } from '../../detector/index.js';
import { gates } from '../../gate/index.js';
import type { Precision } from '../../weights/index.js';
import { parseInputSize, parseProbability } from '../parsers.js';

export interface ImportOptions {
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

/** `model import` with all its options. */
export function importOptions(): Command {
  return new Command('import')
    .description('make a model from a darknet .cfg and .weights, or from a keras-yolo3 or TrainYourOwnYOLO .h5')
    .requiredOption('--name <name>', 'name of the model and of its folder')
    .requiredOption('--classes <file>', 'class names, one per line, in the order of the network')
    .option('--cfg <file>', 'darknet .cfg')
    .option('--weights <file>', 'darknet .weights')
    .option('--h5 <file>', 'Keras .h5, from save_weights or save')
    .option('--anchors <file>', 'anchors for --h5: 10,13, 16,30, …')
    .option(
      '--attributes <names>',
      'classes that describe a box and have no boxes of their own, separated by commas',
      names,
    )
    .option('--title <class=title>', 'what people see instead of a class name; can be given several times', title)
    .option('--out <dir>', 'models folder to write to (default: MODELS_DIR, or models)')
    .addOption(
      new Option('--precision <precision>', 'precision of the stored weights')
        .choices(['fp16', 'fp32'])
        .default('fp32'),
    )
    .option('--size <pixels>', 'input size, 416 or 416x320 (default: that of the cfg; 416 for --h5)', parseInputSize)
    .option(
      '--window <percentiles>',
      'none, or the percentiles of the grey levels that become black and white: 1,99',
      windowOf,
    )
    .addOption(new Option('--fit <mode>', 'how a film is fitted to the input').choices(['letterbox', 'stretch']))
    .addOption(
      new Option('--interpolation <kind>', 'interpolation for resizing').choices([
        'area',
        'bilinear',
        'bilinear-corner',
        'bicubic',
      ]),
    )
    .addOption(
      new Option('--arithmetic <kind>', 'uint8: levels are rounded to bytes after each step').choices([
        'float32',
        'uint8',
      ]),
    )
    .option('--fill <level>', 'grey level of the bars of a letterboxed film, 0 to 1', parseProbability)
    .addOption(
      new Option('--unletterbox <kind>', 'how boxes are mapped back to the film').choices(['exact', 'darknet']),
    )
    .addOption(
      new Option('--colour <kind>', 'colour of the input (default: rgb; grey if there is a window)').choices([
        'grey',
        'rgb',
      ]),
    )
    .option(
      '--nms-iou <iou>',
      'a box that overlaps a better one by more than this is dropped (default: 0.45)',
      parseProbability,
    )
    .option('--threshold <score>', 'operating point (default: 0.25 for darknet, 0.3 for Keras)', parseProbability)
    .option('--threshold-source <text>', 'where the operating point comes from')
    .option(
      '--candidate-floor <score>',
      'lowest raw score that a log row keeps (default: 0.05, or the threshold if that is lower)',
      parseProbability,
    )
    .option(
      '--input-gate <name>',
      `refuses images that are not chest films: none, or ${gateNames()} (default: none)`,
      inputGate,
    )
    .option('--model-version <version>', 'default: 1.0.0')
    .option('--licence <text>', 'licence of the weights (SPDX identifier)')
    .option('--intended-use <text>', 'in one sentence')
    .option('--force', 'replace another model of this name', false)
    .option('--json', 'print what was imported as JSON', false);
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
  // The newest version of a name comes last.
  const gate = gates.findLast(({ name }) => name === text);
  if (gate === undefined) throw new InvalidArgumentError(`It must be none, or one of ${gateNames()}.`);
  return { name: gate.name, version: gate.version };
}

function gateNames(): string {
  return gates.map(({ name }) => name).join(', ');
}
